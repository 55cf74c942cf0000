"""Several workers at once: each row is delivered by one of them."""

import json
from threading import Barrier, Thread

from lti_tool.delivery import drain
from lti_tool.http import make_session
from lti_tool.practice_lms.people import LEARNERS
from tests.lti_tool.delivery.world import LMS, LRS, World


def test_workers_that_begin_at_the_same_moment_deliver_each_row_once(world: World) -> None:
    world.sync()
    for person in LEARNERS[:8]:
        world.award(world.enrol(person.user_id))
    for number in range(100):
        world.enrol(f"learner-{number}")
    workers = 3
    start, delivered, failed = Barrier(workers), list[int](), list[BaseException]()

    def work() -> None:
        http = make_session(world.settings)
        http.mount(LMS, world.lms)
        http.mount(LRS, world.lrs)
        start.wait()
        try:
            while {"waiting"} & {*world.states("scores"), *world.states("statements")}:
                became = drain(world.sessions, world.settings, http, world.clock)
                delivered.append(became.delivered)
        except BaseException as error:
            failed.append(error)
        http.close()

    threads = [Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert sum(delivered) == 8 * 2 + 100
    assert len(world.columns()) == 1
    posts = [json.loads(one.body)["userId"] for one in world.lms.calls("/scores", "POST")]
    assert sorted(posts) == sorted(person.user_id for person in LEARNERS[:8])
    sent = [one["id"] for post in world.lrs.calls("/statements") for one in json.loads(post.body)]
    assert len(sent) == len(set(sent)) == 8 + 100
