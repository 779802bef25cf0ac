"""What is left of an instance allows what the whole allows with the granted choices."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Instance
from matching.policies.policy import make_result
from matching.remainder import remainder
from tests.examples import examples
from tests.matching.constrained import all_results, constrained


@given(constrained(applicants=3, offers=3), st.data())
@settings(deadline=None, max_examples=examples(200))
def test_remainder_allows_exactly_what_the_whole_allows(instance: Instance, data: Any):
    allowed = list(all_results(instance))
    if not allowed:
        return
    k = len(instance.offer)
    some = data.draw(st.sampled_from(allowed))
    granted = some & np.array(data.draw(st.lists(st.booleans(), min_size=k, max_size=k)), bool)
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=k, max_size=k)), bool)
    before = make_result("linear_assignment", instance, None, None, 0, chosen=some)
    rest = remainder(instance, before, granted, wanted)
    found = {
        tuple(rest.chosen(make_result("", rest.instance, None, None, 0, chosen=chosen)))
        for chosen in all_results(rest.instance)
    }
    expected = {
        tuple(chosen)
        for chosen in allowed
        if (chosen & ~wanted & ~granted).sum() == 0 and (chosen & granted).sum() == granted.sum()
    }
    assert found == expected
    assert rest.instance.costs.tolist() == instance.costs[rest.positions].tolist()
    assert rest.instance.rank.tolist() == instance.rank[rest.positions].tolist()
