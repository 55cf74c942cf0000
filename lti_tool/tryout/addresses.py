"""Where the three processes are, how each is started, and what the tool is told."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.loopback import BIND_HOST
from lti_tool.tryout.folder import Folder
from lti_tool.tryout.processes import Service

LRS_ACCOUNT = "practice"
THREADS = 8


@dataclass(frozen=True)
class Addresses:
    """The three ports, all on the loopback address.

    The LMS is at a number and the tool at a name, so that they are two sites: the tool's cookies
    are third-party ones in the LMS's frame, as in reality.
    """

    port: int
    lms_port: int
    lrs_port: int

    @property
    def tool(self) -> str:
        """The tool."""
        return f"http://localhost:{self.port}"

    @property
    def lms(self) -> str:
        """The practice LMS; its issuer too."""
        return f"http://{BIND_HOST}:{self.lms_port}"

    @property
    def lrs(self) -> str:
        """The practice LRS's page; statements go to /xapi there."""
        return f"http://localhost:{self.lrs_port}"

    @property
    def services(self) -> tuple[Service, Service, Service]:
        """The three processes, in the order in which they start."""
        return (
            Service("The practice LRS", self.lrs, self.lrs_port, "--lrs-port", "practice-lrs"),
            Service("The practice LMS", self.lms, self.lms_port, "--lms-port", "practice-lms"),
            Service("The tool", self.tool, self.port, "--port", "tool"),
        )

    def command(self, service: Service, folder: Folder) -> list[str]:
        """What follows `python` to start a service."""
        port = str(service.port)
        if service.log == "tool":
            server = ["-m", "gunicorn", "wsgi:app", "--bind", f"{BIND_HOST}:{port}"]
            server += ["--workers", "1", "--worker-class", "gthread", "--threads", str(THREADS)]
            # Browsers keep connections open; without a limit they would hold up the end.
            server += ["--graceful-timeout", "5", "--keep-alive", "75"]
            return [*server, "--no-control-socket", "--log-level", "warning"]
        module = f"lti_tool.{service.log.replace('-', '_')}"
        database = folder.path.resolve() / f"{service.log}.db"
        command = ["-m", module, "--port", port, "--database", str(database)]
        return [*command, "--tool-url", self.tool] if service.log == "practice-lms" else command

    def environment(self, folder: Folder) -> dict[str, str]:
        """The tool's settings as environment variables; what must not be inherited is empty."""
        hosts = (urlsplit(self.lms).netloc, urlsplit(self.lrs).netloc)
        return {
            "TOOL_URL": self.tool,
            "DATABASE_URL": folder.database_url,
            "SECRET_KEY_FILE": str(folder.secret_key.resolve()),
            "LRS_ENDPOINT": f"{self.lrs}/xapi",
            "LRS_USERNAME": LRS_ACCOUNT,
            "LRS_PASSWORD": LRS_ACCOUNT,
            "LRS_PASSWORD_FILE": "",
            "PRIVATE_HOSTS": ",".join(hosts),
            "DELIVERY_IN_WEB_PROCESS": "yes",
            "DEVELOPMENT": "yes",
            "TRUSTED_PROXIES": "0",
            "GUNICORN_CMD_ARGS": "",
        }

    def write_environment(self, folder: Folder) -> None:
        """Write the same for a shell, so that the operators' commands reach this tool."""
        lines = [
            f"export {name}={shlex.quote(value)}\n"
            for name, value in self.environment(folder).items()
        ]
        folder.environment.write_text("".join(lines), encoding="utf-8")
