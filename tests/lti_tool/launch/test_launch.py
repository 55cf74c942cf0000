from tests.support.platform import FakePlatform


def test_it_works(client, platform: FakePlatform) -> None:
    answer = platform.launch(client)
    assert answer.status_code == 303, answer.text
