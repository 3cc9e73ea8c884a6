"""Addresses of verdicts, loan plans and allocations."""

from django.urls import path

from punte.web.finance import (
    allocation,
    allocation_edit,
    alternatives,
    cases,
    composer,
    countries,
    loan_draws,
    loan_new,
    loans,
    rates,
    terms,
)

urlpatterns = [
    path("eligibility/", cases.show_desk, name="eligibility"),
    path("eligibility/new/", cases.write_case, name="case_new"),
    path("eligibility/rules/<slug:rules>/", cases.show_rules, name="rules"),
    path("eligibility/compose/", composer.compose, name="compose"),
    path("eligibility/map/", countries.show_map, name="country_map"),
    path("eligibility/countries/<str:code>/", countries.show_abilities, name="abilities"),
    path("eligibility/<uuid:case_id>/", cases.show_case, name="case"),
    path("eligibility/<uuid:case_id>/edit/", cases.write_case, name="case_edit"),
    path("eligibility/<uuid:case_id>/replay/", cases.replay_case, name="case_replay"),
    path("finance/", loans.show_desk, name="finance"),
    path("finance/plans/new/", loan_new.begin, name="loan_plan_new"),
    path("finance/plans/<uuid:plan_id>/", loans.show_plan, name="loan_plan"),
    path(
        "finance/plans/<uuid:plan_id>/draws/<int:number>/", loans.show_draw, name="loan_plan_draw"
    ),
    path("finance/plans/<uuid:plan_id>/edit/", loan_draws.edit_draws, name="loan_plan_edit"),
    path("finance/plans/<uuid:plan_id>/terms/", terms.edit_terms, name="loan_plan_terms"),
    path(
        "finance/plans/<uuid:plan_id>/alternatives/",
        alternatives.edit_alternatives,
        name="loan_plan_alternatives",
    ),
    path("finance/plans/<uuid:plan_id>/rates/", rates.edit_rates, name="loan_plan_rates"),
    path("finance/plans/<uuid:plan_id>/take-back/", loans.take_back, name="loan_plan_take_back"),
    path("finance/plans/<uuid:plan_id>/copy/", loans.copy_plan, name="loan_plan_copy"),
    path("finance/allocations/new/", allocation_edit.edit, name="allocation_new"),
    path("finance/allocations/<uuid:allocation_id>/", allocation.show, name="allocation"),
    path(
        "finance/allocations/<uuid:allocation_id>/decide/",
        allocation.decide,
        name="allocation_decide",
    ),
    path(
        "finance/allocations/<uuid:allocation_id>/choose/",
        allocation.choose,
        name="allocation_choose",
    ),
    path(
        "finance/allocations/<uuid:allocation_id>/copy/",
        allocation.copy,
        name="allocation_copy",
    ),
    path(
        "finance/allocations/<uuid:allocation_id>/edit/",
        allocation_edit.edit,
        name="allocation_edit",
    ),
    path(
        "finance/allocations/<uuid:allocation_id>/inputs/",
        allocation_edit.inputs,
        name="allocation_inputs",
    ),
    path(
        "finance/allocations/<uuid:allocation_id>/take-back/",
        allocation_edit.take_back,
        name="allocation_take_back",
    ),
]
