"""The web application's database sessions: Flask-SQLAlchemy over our plain base."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from config.database import Base, configure, engine_options, ensure_folder
from config.settings import Settings

db = SQLAlchemy(metadata=Base.metadata)


def init_database(app: Flask, settings: Settings) -> None:
    """Bind `db` to the database of the settings."""
    ensure_folder(settings.database_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
