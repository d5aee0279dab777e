"""Addresses of backtests."""

from django.urls import path

from ripely.web.backtests import pages

urlpatterns = [
    path("of/<str:key>/", pages.ask, name="journey-backtests"),
    path("<int:number>/", pages.show, name="journey-backtest"),
    path("<int:number>/cancel/", pages.cancel, name="journey-backtest-cancel"),
    path("<int:number>/share/", pages.share, name="journey-backtest-share"),
    path("<int:number>/approve/", pages.approve, name="journey-backtest-approve"),
    path(
        "<int:number>/specification.<str:form>",
        pages.specification,
        name="journey-specification",
    ),
    path("shared/<str:token>/", pages.shared, name="journey-backtest-shared"),
]
