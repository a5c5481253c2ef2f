"""Those of CelebA with glasses: what is fitted to them alone makes glasses, as the attribute network sees them."""

from __future__ import annotations

import numpy as np

from core.selection import Selected, distinguish, parse, select
from core.selection.apart import discriminant_of
from core.selection.parts import fit_to_part, part_of
from core.selection.selected import frame_along
from core.strategies import Recipe
from core.study import Study
from core.study.attributes import load_attributes
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.sets import halves


def test_a_normal_law_of_those_with_glasses_makes_glasses(bundled: Study) -> None:
    whole, rule = describe_study(bundled), parse("Eyeglasses")
    selected = Selected(rule, select(rule, bundled, whole))
    network, autoencoder, law = load_attributes(bundled), bundled.load_autoencoder(), Recipe.of("mvn")
    glasses = network.names.index("Eyeglasses")

    def share(vectors: np.ndarray) -> float:
        return float((network.network.predict(autoencoder.decode(vectors))[1][:, glasses] > 0.5).mean())

    of_all = fit_strategy(bundled, whole, law.make())
    of_these = fit_to_part(part_of(bundled, whole, selected), law.make())
    assert share(of_all.sample(150, seed=0)) < 0.03  # 0.003 of 300
    assert share(of_these.sample(150, seed=0)) > 0.15  # 0.27 of 300; of the real ones, decoded, 0.40


def test_glasses_are_set_apart_by_what_goes_along_with_them_and_not_by_themselves(bundled: Study) -> None:
    whole, rule = describe_study(bundled), parse("Eyeglasses")
    found = distinguish(Selected(rule, select(rule, bundled, whole)), bundled, whole)
    effect = dict(zip(found.names, found.differences.effect, strict=True))
    reading = dict(zip(found.names, found.found, strict=True))
    assert reading["Male"]
    assert effect["Male"] > 0.5
    assert reading["Young"]
    assert effect["Young"] < -0.5
    assert not reading["Eyeglasses"]
    assert found.made[found.names.index("Eyeglasses")]


def test_whom_a_discriminant_of_half_of_them_puts_farthest_out_the_network_sees_with_glasses(bundled: Study) -> None:
    whole = describe_study(bundled)
    quantity = discriminant_of(parse("Eyeglasses"))
    unseen = ~halves(bundled.rows)  # by whom the direction was not learned
    places = frame_along(bundled, whole, [(quantity, 0)]).at(bundled)[:, 0]
    rule = parse(f"{quantity} {np.quantile(places, 0.99)}..")
    far = np.flatnonzero(select(rule, bundled, whole) & unseen)
    labelled = bundled.rows["Eyeglasses"].to_numpy(bool)
    assert labelled[far].mean() > 0.8
    assert labelled[unseen].mean() < 0.08
    network, autoencoder = load_attributes(bundled), bundled.load_autoencoder()
    glasses = network.names.index("Eyeglasses")
    decoded = [autoencoder.decode(bundled.latents[rows]) for rows in (far[:120], np.flatnonzero(unseen)[:120])]
    selected, others = ((network.network.predict(one)[1][:, glasses] > 0.5).mean() for one in decoded)
    assert selected > others + 0.3
