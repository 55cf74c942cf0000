"""A cohort, a practice LMS and a practice LRS that know each other, all in this process."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from cohorts import enrolment, outbox, programs
from cohorts.models import Cohort, Delivery, Destination, Enrolment, Person, Score
from config.database import make_engine
from config.settings import LrsSettings, Settings
from lti_tool.delivery import Round, drain
from lti_tool.delivery.destinations import sync_destination
from lti_tool.http import make_session
from lti_tool.launch.tool_keys import new_key, public_key_set
from lti_tool.models import Context, Deployment, LtiUser, Platform, ToolKey
from lti_tool.practice_lms import PracticeLmsSettings, create_practice_lms, tables
from lti_tool.practice_lms.addresses import line_items_url
from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.people import LEARNERS
from lti_tool.practice_lms.vocabulary import SERVICE_SCOPES
from lti_tool.receiver import StatementStore, single_account, statement_receiver
from tests.lti_tool.delivery.far_side import FarSide

LMS = "http://127.0.0.1:8171"
LRS = "https://lrs.example"
SECRET_KEY = "k" * 32
MARA, LEE = LEARNERS[0].user_id, LEARNERS[1].user_id


class Clock:
    """The real clock's place; stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class World:
    """Everything that a delivery touches, on a migrated database. `close` it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.clock = Clock()
        self.settings = Settings(
            tool_url="https://tool.example",
            secret_key=SECRET_KEY,
            database_url=database_url,
            lrs=LrsSettings(f"{LRS}/xapi", "tool", "secret"),
        )
        self.engine = make_engine(self.settings.database_url)
        self.sessions: sessionmaker[Session] = sessionmaker(self.engine, expire_on_commit=False)
        self._lms_app = self._make_lms(folder)
        self.lms = FarSide(self._lms_app)
        self._lrs_engine = make_engine(f"sqlite:///{folder}/lrs.db")
        self.lrs_store = StatementStore(self._lrs_engine)
        self.lrs = FarSide(self._make_lrs())
        self.http = make_session(self.settings)
        self.http.mount(LMS, self.lms)
        self.http.mount(LRS, self.lrs)
        self._open_course()

    def close(self) -> None:
        self.http.close()
        self._lrs_engine.dispose()
        practice_lms(self._lms_app).sessions.kw["bind"].dispose()
        self.engine.dispose()

    def enrol(self, user_id: str, role: str = "learner") -> UUID:
        """Somebody who launched from the course; the id of the enrolment."""
        with self.sessions.begin() as session:
            person = Person(display_name="Somebody", created_at=self.clock())
            user = LtiUser(
                platform_id=self.platform_id,
                sub=user_id,
                person=person,
                created_at=self.clock(),
            )
            session.add(user)
            cohort = session.get_one(Cohort, self.cohort_id)
            enrolled = enrolment.admit(
                session, cohort=cohort, person=person, role=role, now=self.clock()
            )
            assert enrolled is not None
            return enrolled.id

    def award(self, enrolment_id: UUID, milestone: str = "literacy", score: float = 1) -> None:
        """A milestone confirmed, or taken back with 0."""
        with self.sessions.begin() as session:
            enrolled = session.get_one(Enrolment, enrolment_id)
            outbox.post_score(
                session, enrolled, milestone, score, 1, f"Reference {milestone}", self.clock()
            )

    def sync(self) -> None:
        """The start of a worker."""
        with self.sessions.begin() as session:
            sync_destination(session, self.settings, self.clock())

    def drain(self) -> Round:
        """One round by the world's clock."""
        return drain(self.sessions, self.settings, self.http, self.clock)

    def drain_until_quiet(self) -> None:
        """Rounds until nothing is due."""
        while self.drain().claimed:
            pass

    def deliveries(self, of: str) -> list[Delivery]:
        """Deliveries of `scores` or `statements`, oldest first."""
        column = Delivery.score_id if of == "scores" else Delivery.statement_id
        with self.sessions() as session:
            found = select(Delivery).where(column.is_not(None)).order_by(Delivery.id)
            return list(session.scalars(found))

    def states(self, of: str) -> list[str]:
        return [delivery.state for delivery in self.deliveries(of)]

    def one_score(self) -> tuple[Delivery, Score]:
        """The only score and its delivery."""
        with self.sessions() as session:
            row = session.execute(select(Delivery, Score).join(Score)).one()
            return row[0], row[1]

    def destination(self) -> Destination:
        with self.sessions() as session:
            return session.scalars(select(Destination)).one()

    def columns(self) -> list[tables.LineItem]:
        """The columns of the gradebook."""
        with practice_lms(self._lms_app).sessions() as session:
            return list(session.scalars(select(tables.LineItem).order_by(tables.LineItem.id)))

    def grades(self) -> dict[tuple[str, str], float | None]:
        """The gradebook: (column, user id) to the grade."""
        with practice_lms(self._lms_app).sessions() as session:
            rows = session.execute(
                select(tables.LineItem.label, tables.Grade.user_id, tables.Grade.score).join(
                    tables.LineItem, tables.LineItem.id == tables.Grade.line_item_id
                )
            )
            return {(label, user_id): score for label, user_id, score in rows}

    def grade_by_hand(self, user_id: str, score: float | None) -> None:
        """A teacher changes the grade in the one column there is."""
        with practice_lms(self._lms_app).sessions.begin() as session:
            grade = session.scalars(select(tables.Grade).filter_by(user_id=user_id)).one()
            grade.score, grade.by_teacher = score, True
            grade.graded_at = self.clock().replace(microsecond=0)

    def delete_column(self) -> None:
        """A teacher deletes the one column there is."""
        with practice_lms(self._lms_app).sessions.begin() as session:
            session.delete(session.scalars(select(tables.LineItem)).one())

    def forget_tokens(self) -> None:
        """The LMS no longer knows the tokens it gave."""
        with practice_lms(self._lms_app).sessions.begin() as session:
            for token in session.scalars(select(tables.AccessToken)):
                session.delete(token)

    def change(self, model: type[Any], **values: Any) -> None:
        """Change the only row of a table of the tool."""
        with self.sessions.begin() as session:
            row = session.scalars(select(model)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def _make_lms(self, folder: Path) -> Flask:
        app = create_practice_lms(
            PracticeLmsSettings(
                url=LMS,
                database=folder / "lms.db",
                clock=self.clock,
                fetch_json=lambda _: self._key_set(),
            )
        )
        with practice_lms(app).sessions.begin() as session:
            tool = tables.Tool(
                client_id="tool-1",
                name="Cohort programs",
                active=True,
                initiate_login_uri="https://tool.example/lti/login",
                redirect_uris=[],
                jwks_uri="https://tool.example/lti/jwks",
                domain="tool.example",
                target_link_uri="https://tool.example/lti/launch",
                custom_parameters={},
                scopes=list(SERVICE_SCOPES),
                claims=[],
                registered_at=self.clock(),
            )
            session.add(tool)
            session.flush()
            self.lineitems_url = line_items_url(LMS, tool.id)
        return app

    def _key_set(self) -> dict[str, Any]:
        with self.sessions() as session:
            return public_key_set(session, SECRET_KEY, self.clock())

    def _make_lrs(self) -> Flask:
        self.lrs_store.create_tables()
        app = Flask("lrs")
        authenticate = single_account("tool", "secret", LRS)
        receiver = statement_receiver(self.lrs_store, authenticate)
        app.register_blueprint(receiver, url_prefix="/xapi")
        return app

    def _open_course(self) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            session.add(_tool_key())
            document = next(iter(programs.shipped().values()))
            cohort = enrolment.open_cohort(
                session,
                document=document,
                name="Marketing, spring",
                starts_on=date(2027, 3, 1),
                time_zone="Europe/Berlin",
                home_page="https://tool.example",
                now=now,
            )
            platform = Platform(
                issuer=LMS,
                client_id="tool-1",
                name="Practice LMS",
                product_family="moodle",
                authorization_endpoint=f"{LMS}/authorize",
                token_endpoint=f"{LMS}/token",
                jwks_uri=f"{LMS}/jwks",
                state="approved",
                created_at=now,
            )
            session.add(platform)
            session.flush()
            deployment = Deployment(platform_id=platform.id, deployment_id="1", created_at=now)
            session.add(deployment)
            session.flush()
            context = Context(
                deployment_id=deployment.id,
                context_id="2",
                cohort_id=cohort.id,
                lineitems_url=self.lineitems_url,
                ags_scopes=list(SERVICE_SCOPES),
                created_at=now,
            )
            session.add(context)
            session.flush()
            self.cohort_id, self.platform_id, self.context_pk = cohort.id, platform.id, context.id


@lru_cache
def _key_columns() -> dict[str, Any]:
    key = new_key(SECRET_KEY, datetime(2027, 1, 1, tzinfo=UTC))
    names = ("kid", "public_jwk", "private_key", "created_at")
    return {name: getattr(key, name) for name in names}


def _tool_key() -> ToolKey:
    """One key pair for the whole test run: making one is slow."""
    return ToolKey(**_key_columns())
