"""What is told of the processor beside a time."""

import numpy as np
import pytest

from nnlearn import processor as module
from nnlearn.processor import described, processor, versions

INTEL = (
    "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\nflags\t\t: fpu sse2 avx2 avx512f avx512_vnni\n\nprocessor\t: 1\n"
)
PHONE = "processor\t: 0\nFeatures\t: fp asimd asimddp\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (INTEL, "Some CPU @ 2GHz (AVX2, AVX-512, AVX-512 VNNI), 2 cores"),
        (PHONE, "aarch64 (Neon, dot product), 2 cores"),
        (INTEL.replace("avx", "xxx"), "Some CPU @ 2GHz (instructions not known), 2 cores"),
        ("", "aarch64 (instructions not known), 2 cores"),
    ],
)
def test_a_processor_is_told_with_the_instructions_that_count(text, told):
    assert str(described(text, "aarch64", 2)) == told


def test_that_of_this_computer(monkeypatch, tmp_path):
    assert processor().name and processor().cores >= 1
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "nowhere")
    assert processor().instructions == () and processor().name


def test_versions_of_packages():
    assert versions("NumPy", "no-such-package") == {"NumPy": np.__version__, "no-such-package": None}
