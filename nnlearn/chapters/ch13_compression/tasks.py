"""The tasks of chapter 13: compressing data.

Each task stands on its own: the right answer, an input in general position, random inputs, and the mistakes that need
a why.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.slots import half_up
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 13.1 ------------------------------------------------------------------------------------------------------------


def codes(x, bits, low, high, *, steps=lambda bits: 2**bits - 1, rounding=half_up, start=lambda x, low: x - low,
          ends=lambda q, last: np.clip(q, 0, last)):  # fmt: skip
    """The right answer."""
    step = (high - low) / steps(bits)
    q = rounding(start(x, low) / step)
    return ends(q, 2**bits - 1)


def numbers(random):
    """Within low and high and beyond both; halves; from 1 to 12 bits; low below, at and above 0."""
    for bits, low, high in [(1, 0.0, 1.0), (2, -1.0, 2.0), (3, 10.0, 24.0), (4, 0.0, 255.0), (8, -3.0, 5.0), (2, 0, 6),
                            (3, -7, 7), (12, 0.0, 1.0), (1, -4.0, 9.0),
                            (3, -1.7, 2.6), (2, 0.4, 1.9), (5, -20.25, -3.5)]:  # fmt: skip
        reach = high - low
        yield (random.uniform(low - 0.4 * reach, high + 0.4 * reach, 6).round(3), bits, low, high)
    step = 2.0
    yield step * (np.arange(7) + 0.5) + 3, 3, 3.0, 17.0  # halves alone


CODES = Task(
    id="13.1", title=mark("Mend the codes"),
    text=mark("Write codes(x, bits, low, high): the codes of the numbers x, an array. Code 0 stands for low, the last "
              "one, 2**bits - 1, for high, with equal steps between. Each number gets the nearest code; half way "
              "between two, the upper one. What lies below low or above high gets the first or the last."),
    asks=Question(
        points=2, reference=codes, inputs=numbers,
        example=(np.array([-3.0, 0.9, 2.6, 4.0, 5.6, 13.0]), 2, -0.7, 5.6),
        witnesses=(
            (np.array([0.5, 1.5, 2.5, 3.5, 4.5]), 3, 0.0, 7.0), (np.array([0.5, 2.5]), 4, 0.0, 15.0),  # halves
            (np.array([0.2, 0.9]), 1, 0.0, 1.0), (np.array([-9.0, 30.0, 14.0, 17.3, 23.9]), 3, 10.0, 24.0),
            (np.array([300.0, -20.0, 128.0, 255.0]), 8, 0.0, 255.0), (np.array([-0.9, 0.3, 0.62]), 3, -1.0, 1.0),
            (np.array([6.9, 7.4, 7.6]), 3, 0.0, 7.0), (np.array([-0.2, -0.4, -0.6, -1.0]), 3, 0.0, 7.0),
        ),
        advice={
            mark("In 3 bits, from 0 to 7, a step is 1: the code of 2.5 is 3, that of 3.5 is 4."):
                (np.array([2.5, 3.5]), 3, 0.0, 7.0),
            mark("In 1 bit, from 0 to 10, code 1 stands for 10. The code of 4 is 0, that of 6 is 1, that of 40 is 1."):
                (np.array([4.0, 6.0, 40.0]), 1, 0.0, 10.0),
            mark("In 2 bits, from 10 to 16, a step is 2: the code of 10 is 0, that of 13.5 is 2."):
                (np.array([10.0, 13.5]), 2, 10.0, 16.0),
        },
        made_of=lambda x, bits, low, high: {"x": x, "bits": bits, "low": low, "high": high},
        slots={
            "steps": {
                lambda bits: 2**bits: mark("You count as many steps as codes. Between 2**bits codes there is one step "
                                           "fewer."),
                lambda bits: 2**bits + 1: mark("You count a step too many on each side: between 2**bits codes there "
                                               "are 2**bits - 1."),
                lambda bits: bits: mark("You divide by the bits. So many bits make 2**bits codes."),
            },
            "rounding": {
                np.rint: mark("Halves go to the even code (np.round and round do that): 0.5 becomes 0. They should go "
                              "up."),
                lambda v: np.ceil(v - 0.5): mark("What lies half way goes down with you. It should go up."),
                np.floor: mark("You cut the fraction off, as astype(int) does: on average the codes are half a "
                               "step low."),
                np.ceil: mark("You always round up: on average the codes are half a step high."),
                lambda v: v: mark("Your codes have fractions. A code is a whole number."),
            },
            "start": {
                lambda x, low: x: mark("You count from 0. Code 0 stands for low."),
                lambda x, low: x + low: mark("You add low. Code 0 stands for low: how far above it is x?"),
            },
            "ends": {
                lambda q, last: q: mark("Numbers beyond low and high get codes that aren't there. The first and the "
                                        "last code must take them."),
                lambda q, last: np.minimum(q, last): mark("Numbers below low get negative codes."),
                lambda q, last: np.maximum(q, 0): mark("Numbers above high get codes beyond the last one."),
                lambda q, last: np.clip(q, 0, last + 1): mark("The largest numbers get the code 2**bits, which needs "
                                                              "a bit more. The last one is 2**bits - 1."),
                lambda q, last: q % (last + 1): mark("Codes beyond the last one begin at 0 again, as when a byte "
                                                     "overflows: white becomes black."),
            },
        },
    ),
)  # fmt: skip

# --- 13.2 ------------------------------------------------------------------------------------------------------------


def bytes_needed(count, levels, *, bits=lambda levels: int(np.ceil(np.log2(levels))),
                 full=lambda n: int(np.ceil(n / 8)), packed=lambda count, each, full: full(count * each)):  # fmt: skip
    """The right answer."""
    each = bits(levels)
    return packed(count, each, full)


def counts(random):
    """Powers of two, and one more or less; counts that fill their bytes, and others; none."""
    for levels in (2, 3, 4, 5, 8, 9, 15, 16, 17, 33, 128, 255, 256, 257, 1000, 65536):
        yield int(random.integers(1, 200)), levels
        yield 8 * int(random.integers(1, 9)), levels
    yield 0, 17


BYTES_NEEDED = Task(
    id="13.2", title=mark("How many bytes?"),
    text=mark("count pixels are stored, each one of so many levels, at least 2. All codes have the same number of bits "
              "and are packed, one right after the other; what is left of the last byte stays empty. Write "
              "bytes_needed(count, levels)."),
    asks=Question(
        points=1, reference=bytes_needed, inputs=counts, example=(11, 17),
        witnesses=((64, 17), (64, 16), (3, 2), (5, 5), (7, 257), (13, 9), (1, 2), (10, 6), (9, 200), (30, 11)),
        advice={
            mark("Three pixels of 2 levels take 3 bits: 1 byte."): (3, 2),
            mark("16 levels have the codes 0 to 15, which take 4 bits; 17 levels take 5. Three codes of 5 bits are 15 "
                 "bits: 2 bytes."): (3, 17),
            mark("Two pixels of 16 levels take 8 bits: 1 byte."): (2, 16),
        },
        made_of=lambda count, levels: {"count": count, "levels": levels},
        slots={
            "bits": {
                np.log2: mark("You leave the logarithm as it is. A code has a whole number of bits."),
                lambda levels: int(np.log2(levels)): mark("You round the bits down: 4 bits have no code for the 17th "
                                                          "level."),
                lambda levels: round(float(np.log2(levels))): mark("You round the bits to the nearest. 17 levels don't "
                                                                   "fit into 4 bits, however near 4 is."),
                lambda levels: int(levels).bit_length(): mark("You ask how many bits the number of levels has. The "
                                                              "codes begin at 0: of 16 levels the last is 15."),
                lambda levels: levels: mark("You take the levels for bits."),
            },
            "full": {
                lambda n: int(n // 8): mark("You round the bytes down: the last bits have no place."),
                lambda n: n / 8: mark("Only whole bytes can be stored."),
                lambda n: int(n // 8) + 1: mark("You add a byte where all are full. Only what is left over needs one "
                                                "more."),
                lambda n: int(np.ceil(n)): mark("These are bits. A byte has 8 of them."),
            },
            "packed": {
                lambda count, each, full: count * full(each): mark(
                    "You give each code bytes of its own. Packed, a code begins where the one before it ends."),
            },
        },
    ),
)  # fmt: skip

# --- 13.3 ------------------------------------------------------------------------------------------------------------


def which_rule(before, after, step, *, every=np.all, down=np.floor, up=half_up, even=np.rint):
    """The right answer: the first rule that explains every pair."""
    x = before / step
    q = after / step
    if every(q == down(x)):
        return "truncate"
    if every(q == up(x)):
        return "half up"
    if every(q == even(x)):
        return "half to even"
    return "random"


def pairs_of(random):
    """Each rule, with halves and without; few numbers; a step of 1."""
    rules = (np.floor, half_up, np.rint, lambda x: np.floor(x + random.random(x.shape)))
    for step in (2, 4, 5, 10, 17):
        for rule in rules:
            before = random.integers(0, 12 * step, int(random.integers(5, 12)))
            yield before, (step * rule(before / step)).astype(int), step
    before = random.integers(0, 9, 6)
    yield before, before, 1


def by_mean(before, after, step):
    """Looks at the mean error alone."""
    mean = np.mean(after - before)
    if mean <= -step / 4:
        return "truncate"
    return "half up" if mean > 0 else "half to even" if mean == 0 else "random"


WHICH_RULE = Task(
    id="13.3", title=mark("Which rule was it?"),
    text=mark("before holds whole numbers from 0, after what became of each: multiples of step. Write "
              "which_rule(before, after, step): the first of these words that explains every pair. 'truncate': down "
              "to the multiple below. 'half up': to the nearest, and up from half way. 'half to even': to the nearest, "
              "and from half way to the multiple that is step times an even number. Else 'random'."),
    asks=Question(
        points=2, reference=which_rule, inputs=pairs_of,
        example=(np.array([2, 6, 5, 11, 14]), np.array([0, 8, 4, 12, 16]), 4),
        witnesses=(
            (np.array([2, 6, 5, 11, 14]), np.array([4, 8, 4, 12, 16]), 4),  # half up
            (np.array([2, 6, 5, 11, 14]), np.array([0, 4, 4, 8, 12]), 4),  # truncated
            (np.array([2, 6, 5, 11, 14]), np.array([4, 4, 8, 12, 12]), 4),  # random
            (np.array([3, 3, 9]), np.array([0, 5, 10]), 5),  # one number both ways
            (np.array([3, 8, 12]), np.array([5, 10, 10]), 5),  # no halves
            (np.array([3, 8, 14]), np.array([0, 5, 10]), 5), (np.array([2, 6]), np.array([0, 8]), 4),
            (np.array([2, 6]), np.array([4, 4]), 4),  # halves to the odd ones
            (np.array([6, 3]), np.array([4, 4]), 4), (np.array([2, 3]), np.array([0, 4]), 4),  # halves down
            (np.array([2, 10]), np.array([0, 8]), 4),  # all explain it: truncate comes first
            (np.array([7, 3]), np.array([8, 4]), 4), (np.array([2, 6, 10]), np.array([0, 4, 8]), 4),
            (np.array([1, 6]), np.array([0, 8]), 4),  # half up or half to even
            (np.array([7, 5, 3, 9]), np.array([10, 0, 0, 10]), 5), (np.array([5, 6, 9]), np.array([4, 4, 12]), 4),
            (np.array([1, 2, 3]), np.array([4, 4, 4]), 4),  # always up
        ),
        advice={
            mark("With a step of 4, 2 and 6 lie half way. If they become 0 and 8, it is 'half to even'; 4 and 8: 'half "
                 "up'; 0 and 4: 'truncate'; 4 and 4: 'random'."): (np.array([2, 6]), np.array([0, 8]), 4),
            mark("With a step of 5 nothing lies half way. If 3 becomes 5 and 6 becomes 5, 'half up' comes first of the "
                 "two that explain it."): (np.array([3, 6]), np.array([5, 5]), 5),
            mark("If 3 becomes 0 at one place and 5 at another, no rule explains it: 'random'."):
                (np.array([3, 3]), np.array([0, 5]), 5),
        },
        slots={
            "every": {
                np.any: mark("One pair that fits is enough for you. The rule must explain every pair."),
                lambda fits: np.mean(fits) > 0.5: mark("More than half of the pairs are enough for you. The rule must "
                                                       "explain every pair."),
            },
            "up": {
                lambda x: np.ceil(x - 0.5): mark("What lies half way goes down with you. 'half up' sends it up."),
                np.rint: mark("You try np.round for 'half up'. It sends what lies half way to the even multiple."),
                np.ceil: mark("You always round up for 'half up': that is asked only from half way on."),
            },
            "even": {
                lambda x: np.full_like(x, -1): mark("You never say 'half to even'."),
                lambda x: np.ceil(x - 0.5): mark("Your 'half to even' always goes down from half way. It goes to the "
                                                 "even multiple, which may lie above: 6 becomes 8 with a step of 4."),
                lambda x: 2 * np.rint(x / 2): mark("Your 'half to even' knows even multiples alone. Only what lies "
                                                   "half way goes there."),
            },
        },
        misconceptions=(
            Misconception(mark("You go by the mean error. Two rules can have the same: look at each pair."), by_mean),
            Misconception(mark("You leave out what lies half way. It alone tells 'half up' from 'half to even'."),
                          lambda before, after, step: which_rule(
                              before[2 * (before % step) != step], after[2 * (before % step) != step], step)),
        ),
    ),
)  # fmt: skip

# --- 13.4 ------------------------------------------------------------------------------------------------------------


def overlap(sizes, *, reach=lambda size: size // 2, together=sum):
    """The right answer: what each filter sees beyond a pixel, added up."""
    needed = [reach(size) for size in sizes]
    return together(needed)


def filters(random):
    """One to five filters of odd sizes, some of size 1."""
    for count in (1, 1, 2, 2, 3, 3, 4, 5):
        yield ([int(size) for size in 2 * random.integers(0, 6, count) + 1],)


OVERLAP = Task(
    id="13.4", title=mark("How much overlap?"),
    text=mark("An image goes through several filters, one after the other, whose windows are 3 x 3, 5 x 5, ... pixels; "
              "sizes lists their sides, odd numbers. It is to be done tile by tile. Write overlap(sizes): the fewest "
              "pixels that a tile must show beyond each of its sides so that, once all filters are done and the "
              "overlap is cut off, the joined image is that of the whole."),
    asks=Question(
        points=1, reference=overlap, inputs=filters, example=([3, 7, 5],),
        witnesses=(([5],), ([1],), ([3, 3],), ([9, 3],), ([1, 11, 5],), ([3, 3, 3, 3],), ([7, 7],), ([5, 9],)),
        advice={
            mark("A window of 3 x 3 sees one pixel beyond each side: sizes [3] need an overlap of 1."): ([3],),
            mark("After two windows of 3 x 3 a pixel depends on others two steps away: [3, 3] need 2."): ([3, 3],),
        },
        slots={
            "reach": {
                lambda size: size: mark("You take the windows' sides. A window of 3 reaches one pixel to each side."),
                lambda size: size - 1: mark("You count both sides. A tile shows as much on each side as a window "
                                            "reaches on one."),
                lambda size: size / 2: mark("Half a window has half a pixel too many: the one in the middle is the "
                                            "tile's own."),
                lambda size: size // 2 + 1: mark("You count the pixel in the middle, which is the tile's own."),
                lambda size: 1: mark("You count one pixel for each filter. Larger windows reach farther."),
            },
            "together": {
                max: mark("You take the largest alone. The second filter looks at what the first has made, and that "
                          "has looked farther already."),
                lambda needed: needed[-1]: mark("You take the last filter alone. What it sees has been made by those "
                                                "before."),
                lambda needed: needed[0]: mark("You take the first filter alone. The next ones look farther."),
                lambda needed: int(np.prod(needed)): mark("You multiply. Each filter adds its reach."),
            },
        },
        misconceptions=(
            Misconception(mark("You halve the sum of the sides. Each window has a pixel in the middle to take off "
                               "first."),
                          lambda sizes: sum(sizes) // 2),
            Misconception(mark("You multiply the windows. Two of 3 x 3, one after the other, see 5 x 5 pixels, not "
                               "9 x 9: their reaches add up."),
                          lambda sizes: (int(np.prod(sizes)) - 1) // 2),
        ),
    ),
)  # fmt: skip

# --- 13.5 ------------------------------------------------------------------------------------------------------------


def join(numbers, size, shape):
    """The right answer."""
    height, width = shape
    whole = np.zeros((height, width))
    taken = 0
    for top in range(0, height, size):
        for left in range(0, width, size):
            rows = min(size, height - top)
            columns = min(size, width - left)
            tile = numbers[taken : taken + rows * columns]
            whole[top : top + rows, left : left + columns] = tile.reshape(rows, columns)
            taken = taken + rows * columns
    return whole


def cut(whole, size):
    """The numbers of the tiles of an array, tile after tile."""
    tops, lefts = (range(0, length, size) for length in whole.shape)
    tiles = [whole[top : top + size, left : left + size] for top in tops for left in lefts]
    return np.concatenate([tile.ravel() for tile in tiles]).astype(float)


def tilings(random):
    """Tiles that go in and that don't, one row, one column, one tile, single pixels."""
    for height, width, size in [(4, 6, 2), (5, 7, 3), (3, 8, 4), (6, 3, 4), (2, 5, 5), (7, 4, 3), (3, 3, 1), (1, 6, 2)]:
        whole = random.permutation(height * width).reshape(height, width) + 1
        yield cut(whole, size), size, (height, width)


def column_by_column(numbers, size, shape):
    """Downwards first."""
    whole, taken = np.zeros(shape), 0
    for left in range(0, shape[1], size):
        for top in range(0, shape[0], size):
            tile = whole[top : top + size, left : left + size]
            tile[:] = numbers[taken : taken + tile.size].reshape(tile.shape)
            taken = taken + tile.size
    return whole


def whole_tiles_only(numbers, size, shape):
    """Leaves out the smaller ones."""
    whole = join(numbers, size, shape)
    whole[shape[0] // size * size :] = 0
    whole[:, shape[1] // size * size :] = 0
    return whole


def cut_across(numbers, size, shape):
    """Each tile on its side."""
    whole = join(numbers, size, shape)
    for top in range(0, shape[0], size):
        for left in range(0, shape[1], size):
            tile = whole[top : top + size, left : left + size]
            tile[:] = tile.reshape(-1).reshape(tile.shape, order="F")
    return whole


NUMBERED = np.arange(1, 36).reshape(5, 7)
JOIN = Task(
    id="13.5", title=mark("Join the tiles"),
    text=mark("numbers holds an image tile after tile, row by row of tiles from the top left, and each tile row by row "
              "of pixels. Tiles are size x size pixels, but the last of each row and those of the last row are smaller "
              "where the size doesn't go in. Write join(numbers, size, shape): the image, of shape (height, width)."),
    asks=Question(
        points=2, reference=join, inputs=tilings, example=(cut(NUMBERED, 3), 3, (5, 7)),
        witnesses=((cut(NUMBERED[:4, :6], 2), 2, (4, 6)), (cut(NUMBERED[:3, :4], 4), 4, (3, 4)),
                   (cut(NUMBERED[:1, :5], 2), 2, (1, 5)), (cut(NUMBERED[:5, :2], 2), 2, (5, 2))),
        advice={
            mark("With size 2 and shape (2, 3) the numbers 1 2 4 5 3 6 are the tiles [[1, 2], [4, 5]] and [[3], [6]], "
                 "and the image [[1, 2, 3], [4, 5, 6]]."): (np.array([1.0, 2, 4, 5, 3, 6]), 2, (2, 3)),
            mark("With size 2 and shape (1, 3) the numbers 1 2 3 are the image [[1, 2, 3]]."):
                (np.array([1.0, 2, 3]), 2, (1, 3)),
        },
        misconceptions=(
            Misconception(mark("You fill the image row by row, as if it had no tiles: reshape alone does that."),
                          lambda numbers, size, shape: numbers.reshape(shape)),
            Misconception(mark("You go down first. The tiles come row by row: to the right first."), column_by_column),
            Misconception(mark("The smaller tiles at the right and the bottom are missing."), whole_tiles_only),
            Misconception(mark("Each tile lies on its side: its numbers come row by row."), cut_across),
            Misconception(mark("The image is turned about its diagonal: rows and columns have changed places."),
                          lambda numbers, size, shape: join(numbers, size, shape).T),
        ),
    ),
)  # fmt: skip

# --- 13.6 ------------------------------------------------------------------------------------------------------------


def unpack(data, bits, count, *, bit=lambda byte, place: byte // 2**place % 2, worth=lambda place, bits: 2**place,
           many=lambda count, bits, room: count):  # fmt: skip
    """The right answer: all bits in a row, then code by code."""
    row = [bit(int(byte), place) for byte in data for place in range(8)]
    codes = []
    for k in range(many(count, bits, len(row))):
        start = k * bits
        code = 0
        for place in range(bits):
            code = code + row[start + place] * worth(place, bits)
        codes.append(code)
    return codes


def packed(values, bits):
    """Bytes, the lowest bit first."""
    row = [value >> place & 1 for value in values for place in range(bits)]
    row = row + [0] * (-len(row) % 8)
    return np.array([sum(row[k + place] << place for place in range(8)) for k in range(0, len(row), 8)])


def packs(random):
    """Codes that fill their bytes, and others; across bytes; one alone; of more than 8 bits."""
    for bits, count in [(1, 8), (1, 3), (2, 5), (3, 8), (3, 5), (4, 3), (5, 7), (5, 8), (7, 3), (8, 2), (11, 3)]:
        yield packed([int(n) for n in random.integers(0, 2**bits, count)], bits), bits, count


UNPACK = Task(
    id="13.6", title=mark("Mend the unpacking"),
    text=mark("Codes of so many bits were packed: all bits in one row, each code with its lowest bit first, right "
              "after the code before; 8 at a time became a byte, its lowest bit first; the last byte was filled up "
              "with zeros. data holds the bytes, numbers from 0 to 255. Write unpack(data, bits, count): a list of the "
              "count codes."),
    asks=Question(
        points=2, reference=unpack, inputs=packs, example=(packed([5, 1, 6, 3, 2], 3), 3, 5),
        witnesses=((packed([1, 0, 1, 1, 0], 1), 1, 5), (packed([9, 4], 4), 4, 2), (packed([19, 6, 27], 5), 5, 3),
                   (packed([200, 3], 8), 8, 2), (packed([1, 2, 3, 0, 2, 1], 2), 2, 6), (packed([3, 0], 3), 3, 2),
                   (packed([700, 1500], 11), 11, 2), (packed([13, 2, 7], 4), 4, 3)),
        advice={
            mark("The byte 33 is 00100001. In 4 bits it holds the codes 1 and 2: the lower half comes first."):
                (np.array([33]), 4, 2),
            mark("The codes 1, 2 and 3 in 3 bits are the bits 100 010 110, and the bytes 209 and 0."):
                (packed([1, 2, 3], 3), 3, 3),
        },
        made_of=lambda data, bits, count: {"bits": bits, "count": count},
        slots={
            "bit": {
                lambda byte, place: byte // 2 ** (7 - place) % 2: mark(
                    "You read each byte from its highest bit on, as np.unpackbits does without a word. Here the lowest "
                    "comes first."),
            },
            "worth": {
                lambda place, bits: 2 ** (bits - 1 - place): mark(
                    "You take the first bit of a code for its highest. It is the lowest."),
                lambda place, bits: 1: mark("You count the ones. Each bit is worth twice the one before."),
            },
            "many": {
                lambda count, bits, room: room // bits: mark(
                    "You return what fills the last byte as well. There are count codes."),
            },
        },
        misconceptions=(
            Misconception(mark("You begin each code at a byte. They lie right after one another, across the bytes."),
                          lambda data, bits, count: [int(byte) % 2**bits for byte in data][:count]),
            Misconception(mark("No code of yours lies across two bytes: you leave the rest of a byte empty."),
                          lambda data, bits, count: [int(byte) >> bits * k & 2**bits - 1 for byte in data
                                                     for k in range(8 // bits)][:count]),
        ),
    ),
)  # fmt: skip

TASKS = (CODES, BYTES_NEEDED, WHICH_RULE, OVERLAP, JOIN, UNPACK)
