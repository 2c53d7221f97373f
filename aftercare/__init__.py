"""Aftercare looks after people who just went home from hospital, by text message.

The modules are named after the steps a text takes (docs/architecture.md):

edges      web (webhooks, console), worker, cli, bot/actions, carrier (never in production)
uses       enrolment, inbound, conversations, checkins, escalations, outbound, programme
rules      triage, protocols, education, i18n, messages, levels          pure
state      models, db, crypto, audit
adapters   sms, dialogue, notify, feeds                                   built only in app
"""
