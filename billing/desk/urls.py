"""Addresses of the billing desk, under /admin/desk/. Each view carries its own door (``billing.desk.pages.door``)."""

from django.urls import path

from billing.desk.pages import acting, reconcile, views

app_name = "desk"
urlpatterns = [
    path("", views.index, name="index"),
    path("customers/<str:public_id>/", views.customer, name="customer"),
    path("customers/<str:public_id>/<slug:name>.csv", views.customer_sheet, name="customer-sheet"),
    path("customers/<str:public_id>/do/<slug:name>/", acting.deed, name="deed"),
    path("requests/<str:public_id>/", views.decision, name="request"),
    path("lots/<int:lot_id>/", views.lot, name="lot"),
    path("lots/<int:lot_id>.csv", views.lot_sheet, name="lot-sheet"),
    path("works/<str:reference>/", views.work, name="work"),
    path("works/<str:reference>/journal.csv", views.work_sheet, name="work-sheet"),
    path("figures/", views.money, name="figures"),
    path("figures/<slug:name>.csv", views.figure_sheet, name="figure-sheet"),
    path("reconcile/", reconcile.reconcile, name="reconcile"),
]
