"""What is tested here is what runs there: docker-compose.yml has no command of its own for our processes."""

from typing import Any

import yaml

from asn_lms import embedded, serve


def services() -> dict[str, Any]:
    return dict(yaml.safe_load((embedded.ROOT / "docker-compose.yml").read_text())["services"])


def test_every_process_of_ours_is_started_by_serve_in_one_of_its_roles() -> None:
    commands = [service["command"] for service in services().values() if "asn_lms.serve" in service.get("command", [])]
    assert sorted(command[-1] for command in commands) == sorted([*serve.ROLES, "prepare"])
    assert all(command[:-1] == ["python", "-m", "asn_lms.serve"] for command in commands)


def test_every_service_has_a_read_only_file_system_and_the_lasting_ones_a_health_check() -> None:
    for name, service in services().items():
        assert service.get("read_only") is True, name
        assert name == "prepare" or "healthcheck" in service, name
