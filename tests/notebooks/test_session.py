"""Jupyter tells a kernel which notebook it is for, and so the package speaks that notebook's language."""

import asyncio

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.services.sessions.sessionmanager import SessionManager


async def printed(root, folder, source):
    """What a cell prints in a notebook that is opened in JupyterLab."""
    kernels = AsyncMappingKernelManager(root_dir=str(root))
    sessions = SessionManager(kernel_manager=kernels, contents_manager=AsyncLargeFileManager(root_dir=str(root)))
    notebook = {"path": f"{folder}/05_momentum.ipynb", "name": "05_momentum.ipynb", "type": "notebook"}
    texts = []
    try:
        session = await sessions.create_session(**notebook, kernel_name="python3")
        client = kernels.get_kernel(session["kernel"]["id"]).client()
        client.start_channels()
        await client.wait_for_ready(timeout=300)
        await client.execute_interactive(source, output_hook=texts.append, timeout=300)
        client.stop_channels()
    finally:
        await kernels.shutdown_all(now=True)
        sessions.close()
    return "".join(message["content"].get("text", "") for message in texts)


@pytest.mark.parametrize("folder, spoken", [("notebooks", "en"), ("notebooks/zh", "zh")])
def test_a_notebook_in_a_folder_called_zh_speaks_chinese(folder, spoken, tmp_path, monkeypatch):
    monkeypatch.delenv("NNLEARN_LANG", raising=False)
    (tmp_path / folder).mkdir(parents=True)
    source = "from nnlearn.language import language; print(language())"
    assert asyncio.run(printed(tmp_path, folder, source)) == f"{spoken}\n"
