"""The billing desk: what the operator's staff see and do about money and credits.

Each action is a verb here, leaves a row of ``StaffAction``, and has one effect however often its form is sent (its
``key``). Those that give or take credits, or send money back, are *wishes*: above what one person may do alone they wait
for a second one. The pages are in ``billing.desk.pages``, with the look of Django's admin.
"""
