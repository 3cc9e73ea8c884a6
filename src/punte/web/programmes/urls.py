"""Addresses of programmes."""

from django.urls import path

from punte.web.programmes import coverage, pages, plan, reading, scenarios

urlpatterns = [
    path("", pages.show_portfolio, name="programmes"),
    path("new/", pages.write_programme, name="programme_new"),
    path("coverage/", coverage.show_coverage, name="programme_coverage"),
    path("milestones/<uuid:milestone_id>/", pages.show_milestone, name="milestone"),
    path("milestones/<uuid:milestone_id>/done/", pages.finish_milestone, name="milestone_done"),
    path("<uuid:programme_id>/", pages.show_programme, name="programme"),
    path("<uuid:programme_id>/edit/", pages.write_programme, name="programme_edit"),
    path("<uuid:programme_id>/remark/", pages.leave_remark, name="programme_remark"),
    path("<uuid:programme_id>/milestones/new/", pages.write_milestone, name="milestone_new"),
    path(
        "<uuid:programme_id>/milestones/<uuid:milestone_id>/edit/",
        pages.write_milestone,
        name="milestone_edit",
    ),
    path("<uuid:programme_id>/network/", reading.show_network, name="programme_network"),
    path("<uuid:programme_id>/progress/", reading.show_progress, name="programme_progress"),
    path("<uuid:programme_id>/health/", reading.show_health, name="programme_health"),
    path("<uuid:programme_id>/plan/", plan.edit_plan, name="plan"),
    path("<uuid:programme_id>/plan/preview/", plan.preview_plan, name="plan_preview"),
    path("<uuid:programme_id>/plan/steps/", plan.take_plan_step, name="plan_step"),
    path("<uuid:programme_id>/plan/file/<str:ending>/", plan.keep_file, name="plan_file"),
    path("<uuid:programme_id>/scenarios/", scenarios.compare_scenarios, name="plan_scenarios"),
    path(
        "<uuid:programme_id>/scenarios/<uuid:version_id>/",
        scenarios.show_scenario,
        name="plan_scenario",
    ),
]
