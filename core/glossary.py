"""The words of the field, each in one or two plain sentences: what tooltips and the list of words say."""

from __future__ import annotations

__all__ = ["GLOSSARY", "as_page", "explain"]

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("autoencoder", "Two networks trained as one: the encoder turns a picture into a few numbers, the decoder makes "
     "the picture again from these numbers alone."),
    ("encoder", "The network that turns a picture into numbers."),
    ("decoder", "The network that makes a picture from numbers. It answers any numbers, even those that no picture "
     "ever gave."),
    ("study", "One set of vectors with all that belongs to it: the autoencoder, if there is one, and what is known of "
     "the pictures."),
    ("latent vector", "The list of numbers that stands for one picture."),
    ("latent space", "All lists of numbers that there could be, whether a picture gave them or not."),
    ("component", "One number of the list, always at the same place in it."),
    ("dimension", "How many numbers a list has. Two numbers are a place on a map; more of them are a place that cannot "
     "be drawn, but can be calculated with."),
    ("radius", "The length of a vector: how far it lies from zero, where all its numbers are 0."),
    ("cube", "The region where each number lies between the same two bounds. With two numbers it is a square."),
    ("bulk", "The region where nearly all vectors of the data lie: the cloud without its outermost hundredth."),
    ("distance", "How far a vector lies from the middle of the data, counted in the data's own spread in that "
     "direction. Small is usual, large is unusual. Its full name is Mahalanobis distance."),
    ("spread", "How far values usually lie from their mean. Its full name is standard deviation, written σ."),
    ("mean", "The middle of values: their sum divided by how many there are. Written μ."),
    ("correlation", "How much two numbers rise and fall together: 1 always together, 0 not at all in a straight line, "
     "-1 always against each other."),
    ("normal law", "The bell curve: values near the middle are common, values far out are rare, on both sides alike."),
    ("multivariate normal", "A cloud that is a bell curve in each direction and may be longer in some directions than "
     "in others."),
    ("principal axis", "A direction in which the data spread, a mixture of all numbers of the list. The first is that "
     "in which they spread most, the next the same among those at right angles to it, and so on."),
    ("strategy", "A way to draw vectors at random. Strategies differ in how much of the data they know."),
    ("sample", "The vectors that a strategy has drawn. They are always orange, the data always blue, and those of a "
     "second strategy that is held against the first are green."),
    ("number of vectors", "How many vectors are drawn on each side. More of them make counts steadier and pages "
     "slower."),
    ("seed", "The number that random draws begin with. The same seed gives the same vectors and the same picture."),
    ("excess", "How much farther a sample's pictures are from those of real vectors than other real vectors' pictures "
     "are, counted in what a multivariate normal is farther. 0 is as good as real, 1 as good as that normal."),
    ("log-likelihood", "How likely a law finds real vectors that it never learned from. Higher is better; a law that "
     "only remembers what it learned from finds new ones unlikely."),
    ("cycle error", "How far a vector moves when it is decoded and encoded again. Small is good: the decoder knows "
     "such vectors."),
    ("copy", "A drawn vector that lies so near to one of the data that its picture is theirs. Few copies are good."),
    ("the series", "Posts of a blog on autoencoders, numbered in Roman figures, whose claims this program repeats and "
     "tests; the page of studies cites them."),
    ("attribute", "Something known of a picture, such as a label or a measured value."),
    ("interval of a share", "Where the true share lies in 95 of 100 such counts. It is wide for few cases, narrow for "
     "many. The kind used here is Wilson's."),
)  # fmt: skip
"""Each term with its explanation; the first ones are needed for the later ones."""


def explain(term: str) -> str:
    """Return what a term means; raise `KeyError` for one that is not in the glossary."""
    return dict(GLOSSARY)[term]


def as_page() -> str:
    """Return the glossary as Markdown, as it stands in ``docs/glossary.md``."""
    lines = [f"**{term.capitalize()}**: {meaning}" for term, meaning in GLOSSARY]
    return "\n\n".join(lines) + "\n"
