"""Addresses of questions that other systems ask. `api/asgi.py` sends them here."""

from django.urls import path

from ripely.web.v1 import backtests, pages

urlpatterns = [
    path("backtests", backtests.every, name="v1-backtests"),
    path("backtests/<int:number>", backtests.one, name="v1-backtest"),
    path("backtests/<int:number>/report", backtests.report, name="v1-backtest-report"),
    path("backtests/<int:number>/cancel", backtests.cancel, name="v1-backtest-cancel"),
    path("contacts/<str:key>/why", pages.why, name="v1-why"),
    path("held", pages.held_back, name="v1-held"),
    path("results", pages.results, name="v1-results"),
    path("timings", pages.times_between, name="v1-timings"),
    path("automations", pages.by_hand, name="v1-automations"),
    path("journeys/<str:key>/forecast", pages.forecast, name="v1-forecast"),
    path("journeys/<str:key>/feasibility", pages.feasibility, name="v1-feasibility"),
]
