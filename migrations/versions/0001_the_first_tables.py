"""The first tables."""

import sqlalchemy as sa
from alembic import op
from bindeledd.migrations import pieces

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS_DROPPED: pieces.Guards = {}
GUARDS_MADE: pieces.Guards = {
    "calls_wait_with_an_open_task_on_insert": {
        "postgresql": [
            "CREATE FUNCTION "
            "calls_wait_with_an_open_task_on_insert() "
            "RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF NEW.ended_at IS "
            "NULL AND NOT EXISTS (SELECT 1 FROM "
            "tasks WHERE tasks.id = NEW.task_id "
            "AND tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') THEN RAISE "
            "EXCEPTION 'a call that nobody has "
            "answered has an open task of its "
            "own' USING ERRCODE = '23514'; END "
            "IF; RETURN NEW; END $$",
            "CREATE TRIGGER "
            "calls_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON calls FOR EACH "
            "ROW EXECUTE FUNCTION "
            "calls_wait_with_an_open_task_on_insert()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "calls_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON calls FOR EACH ROW "
            "WHEN NEW.ended_at IS NULL AND NOT "
            "EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'a call that nobody has "
            "answered has an open task of its "
            "own'); END"
        ],
    },
    "calls_wait_with_an_open_task_on_update": {
        "postgresql": [
            "CREATE FUNCTION "
            "calls_wait_with_an_open_task_on_update() "
            "RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF NEW.ended_at IS "
            "NULL AND NOT EXISTS (SELECT 1 FROM "
            "tasks WHERE tasks.id = NEW.task_id "
            "AND tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') THEN RAISE "
            "EXCEPTION 'a call that nobody has "
            "answered has an open task of its "
            "own' USING ERRCODE = '23514'; END "
            "IF; RETURN NEW; END $$",
            "CREATE TRIGGER "
            "calls_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON calls FOR EACH "
            "ROW EXECUTE FUNCTION "
            "calls_wait_with_an_open_task_on_update()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "calls_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON calls FOR EACH ROW "
            "WHEN NEW.ended_at IS NULL AND NOT "
            "EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'a call that nobody has "
            "answered has an open task of its "
            "own'); END"
        ],
    },
    "cases_close_by_signature_on_insert": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER "
            "cases_close_by_signature_on_insert BEFORE "
            "INSERT ON cases FOR EACH ROW WHEN "
            "NEW.state = 'closed' AND NOT EXISTS "
            "(SELECT 1 FROM closures WHERE closures.id "
            "= NEW.closure_id AND closures.case_id = "
            "NEW.id AND closures.number = "
            "NEW.closing_number) BEGIN SELECT "
            "RAISE(ABORT, 'a case is closed by a signed "
            "closure of its own'); END"
        ],
    },
    "cases_close_by_signature_on_update": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER "
            "cases_close_by_signature_on_update BEFORE "
            "UPDATE ON cases FOR EACH ROW WHEN "
            "NEW.state = 'closed' AND NOT EXISTS "
            "(SELECT 1 FROM closures WHERE closures.id "
            "= NEW.closure_id AND closures.case_id = "
            "NEW.id AND closures.number = "
            "NEW.closing_number) BEGIN SELECT "
            "RAISE(ABORT, 'a case is closed by a signed "
            "closure of its own'); END"
        ],
    },
    "cases_closings_count_up": {
        "postgresql": [
            "CREATE FUNCTION cases_closings_count_up() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "NEW.closing_number < OLD.closing_number OR NEW.id "
            "<> OLD.id OR NEW.patient_id <> OLD.patient_id OR "
            "(OLD.state = 'closed' AND NEW.state = 'open' AND "
            "NEW.closing_number = OLD.closing_number) THEN "
            "RAISE EXCEPTION 'a case that is opened again gets "
            "a new closing number' USING ERRCODE = '23514'; "
            "END IF; RETURN NEW; END $$",
            "CREATE TRIGGER cases_closings_count_up BEFORE "
            "UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION "
            "cases_closings_count_up()",
        ],
        "sqlite": [
            "CREATE TRIGGER cases_closings_count_up BEFORE UPDATE "
            "ON cases FOR EACH ROW WHEN NEW.closing_number < "
            "OLD.closing_number OR NEW.id <> OLD.id OR "
            "NEW.patient_id <> OLD.patient_id OR (OLD.state = "
            "'closed' AND NEW.state = 'open' AND "
            "NEW.closing_number = OLD.closing_number) BEGIN SELECT "
            "RAISE(ABORT, 'a case that is opened again gets a new "
            "closing number'); END"
        ],
    },
    "cases_owe_a_task_on_insert": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER cases_owe_a_task_on_insert BEFORE "
            "INSERT ON cases FOR EACH ROW WHEN NEW.state <> "
            "'closed' AND NOT EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.next_task_id AND tasks.case_id = "
            "NEW.id AND tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'an open case points at one of its "
            "own open tasks'); END"
        ],
    },
    "cases_owe_a_task_on_update": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER cases_owe_a_task_on_update BEFORE "
            "UPDATE ON cases FOR EACH ROW WHEN NEW.state <> "
            "'closed' AND NOT EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.next_task_id AND tasks.case_id = "
            "NEW.id AND tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'an open case points at one of its "
            "own open tasks'); END"
        ],
    },
    "closures_are_signed_by_members": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER closures_are_signed_by_members "
            "BEFORE INSERT ON closures FOR EACH ROW WHEN "
            "NOT EXISTS (SELECT 1 FROM members WHERE "
            "members.id = NEW.signed_by) OR "
            "(NEW.second_signed_by IS NOT NULL AND NOT "
            "EXISTS (SELECT 1 FROM members WHERE members.id "
            "= NEW.second_signed_by)) BEGIN SELECT "
            "RAISE(ABORT, 'a closure is signed by "
            "members'); END"
        ],
    },
    "data_keys_never_made_anew": {
        "postgresql": [
            "CREATE FUNCTION data_keys_never_made_anew() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "EXISTS (SELECT 1 FROM data_keys WHERE "
            "data_keys.subject_id = NEW.subject_id AND "
            "data_keys.state = 'destroyed') THEN RAISE "
            "EXCEPTION 'a key is never made anew for a "
            "subject that was erased' USING ERRCODE = "
            "'23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER data_keys_never_made_anew BEFORE "
            "INSERT ON data_keys FOR EACH ROW EXECUTE "
            "FUNCTION data_keys_never_made_anew()",
        ],
        "sqlite": [
            "CREATE TRIGGER data_keys_never_made_anew BEFORE "
            "INSERT ON data_keys FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM data_keys WHERE data_keys.subject_id "
            "= NEW.subject_id AND data_keys.state = 'destroyed') "
            "BEGIN SELECT RAISE(ABORT, 'a key is never made anew "
            "for a subject that was erased'); END"
        ],
    },
    "data_keys_stay_destroyed": {
        "postgresql": [
            "CREATE FUNCTION data_keys_stay_destroyed() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "OLD.state = 'destroyed' OR NEW.subject_id <> "
            "OLD.subject_id OR NEW.version <> OLD.version OR "
            "NEW.tenant_id <> OLD.tenant_id THEN RAISE "
            "EXCEPTION 'a destroyed key stays destroyed, and "
            "a key stays with its subject' USING ERRCODE = "
            "'23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER data_keys_stay_destroyed BEFORE "
            "UPDATE ON data_keys FOR EACH ROW EXECUTE "
            "FUNCTION data_keys_stay_destroyed()",
        ],
        "sqlite": [
            "CREATE TRIGGER data_keys_stay_destroyed BEFORE "
            "UPDATE ON data_keys FOR EACH ROW WHEN OLD.state = "
            "'destroyed' OR NEW.subject_id <> OLD.subject_id OR "
            "NEW.version <> OLD.version OR NEW.tenant_id <> "
            "OLD.tenant_id BEGIN SELECT RAISE(ABORT, 'a destroyed "
            "key stays destroyed, and a key stays with its "
            "subject'); END"
        ],
    },
    "discharge_lists_add_up": {
        "postgresql": [
            "CREATE FUNCTION discharge_lists_add_up() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.lines "
            "<> NEW.followed + NEW.waiting + NEW.decided + "
            "NEW.asked + NEW.refused THEN RAISE EXCEPTION "
            "'every line of a list is followed, waits, was "
            "decided, is asked about or refused' USING ERRCODE "
            "= '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER discharge_lists_add_up BEFORE "
            "INSERT ON discharge_lists FOR EACH ROW EXECUTE "
            "FUNCTION discharge_lists_add_up()",
        ],
        "sqlite": [
            "CREATE TRIGGER discharge_lists_add_up BEFORE INSERT ON "
            "discharge_lists FOR EACH ROW WHEN NEW.lines <> "
            "NEW.followed + NEW.waiting + NEW.decided + NEW.asked + "
            "NEW.refused BEGIN SELECT RAISE(ABORT, 'every line of a "
            "list is followed, waits, was decided, is asked about "
            "or refused'); END"
        ],
    },
    "displace_no_alerts": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_alerts BEFORE UPDATE ON alerts "
            "FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id OR (NEW.task_id IS NOT OLD.task_id OR NEW.due_at IS "
            "NOT OLD.due_at OR NEW.round IS NOT OLD.round OR NEW.rung "
            "IS NOT OLD.rung OR NEW.audience IS NOT OLD.audience) AND "
            "EXISTS (SELECT 1 FROM alerts WHERE (alerts.task_id = "
            "NEW.task_id AND alerts.due_at = NEW.due_at AND "
            "alerts.round = NEW.round AND alerts.rung = NEW.rung AND "
            "alerts.audience = NEW.audience) AND alerts.rowid <> "
            "OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows of alerts are "
            "never replaced'); END"
        ],
    },
    "displace_no_appointments": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_appointments BEFORE "
            "UPDATE ON appointments FOR EACH ROW WHEN NEW.rowid "
            "<> OLD.rowid OR NEW.id <> OLD.id BEGIN SELECT "
            "RAISE(ABORT, 'rows of appointments are never "
            "replaced'); END"
        ],
    },
    "displace_no_audit_events": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_audit_events BEFORE "
            "UPDATE ON audit_events FOR EACH ROW WHEN NEW.rowid "
            "<> OLD.rowid OR NEW.id <> OLD.id BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_events are never "
            "replaced'); END"
        ],
    },
    "displace_no_audit_subjects": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_audit_subjects BEFORE "
            "UPDATE ON audit_subjects FOR EACH ROW WHEN "
            "NEW.rowid <> OLD.rowid OR NEW.event_id <> "
            "OLD.event_id OR NEW.subject_id <> OLD.subject_id "
            "BEGIN SELECT RAISE(ABORT, 'rows of audit_subjects "
            "are never replaced'); END"
        ],
    },
    "displace_no_calls": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_calls BEFORE UPDATE ON calls FOR "
            "EACH ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id "
            "BEGIN SELECT RAISE(ABORT, 'rows of calls are never "
            "replaced'); END"
        ],
    },
    "displace_no_care_relations": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_care_relations BEFORE "
            "UPDATE ON care_relations FOR EACH ROW WHEN "
            "NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id BEGIN "
            "SELECT RAISE(ABORT, 'rows of care_relations are "
            "never replaced'); END"
        ],
    },
    "displace_no_cases": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_cases BEFORE UPDATE ON cases FOR "
            "EACH ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id OR "
            "(NEW.tenant_id IS NOT OLD.tenant_id OR NEW.patient_id IS "
            "NOT OLD.patient_id OR NEW.state IS NOT OLD.state) AND "
            "EXISTS (SELECT 1 FROM cases WHERE (cases.tenant_id = "
            "NEW.tenant_id AND cases.patient_id = NEW.patient_id AND "
            "cases.state <> 'closed' AND NEW.state <> 'closed') AND "
            "cases.rowid <> OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows "
            "of cases are never replaced'); END"
        ],
    },
    "displace_no_closures": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_closures BEFORE UPDATE ON "
            "closures FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id OR (NEW.case_id IS NOT OLD.case_id OR "
            "NEW.number IS NOT OLD.number) AND EXISTS (SELECT 1 FROM "
            "closures WHERE (closures.case_id = NEW.case_id AND "
            "closures.number = NEW.number) AND closures.rowid <> "
            "OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows of closures "
            "are never replaced'); END"
        ],
    },
    "displace_no_contacts": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_contacts BEFORE UPDATE ON "
            "contacts FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "contacts are never replaced'); END"
        ],
    },
    "displace_no_data_keys": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_data_keys BEFORE UPDATE ON "
            "data_keys FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.subject_id <> OLD.subject_id OR NEW.version <> "
            "OLD.version BEGIN SELECT RAISE(ABORT, 'rows of "
            "data_keys are never replaced'); END"
        ],
    },
    "displace_no_deliveries": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_deliveries BEFORE UPDATE ON "
            "deliveries FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id OR (NEW.alert_id IS NOT OLD.alert_id "
            "OR NEW.member_id IS NOT OLD.member_id OR NEW.channel "
            "IS NOT OLD.channel) AND EXISTS (SELECT 1 FROM "
            "deliveries WHERE (deliveries.alert_id = NEW.alert_id "
            "AND deliveries.member_id = NEW.member_id AND "
            "deliveries.channel = NEW.channel) AND deliveries.rowid "
            "<> OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows of "
            "deliveries are never replaced'); END"
        ],
    },
    "displace_no_discharge_list_lines": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER "
            "displace_no_discharge_list_lines BEFORE "
            "UPDATE ON discharge_list_lines FOR EACH ROW "
            "WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id OR (NEW.list_id IS NOT OLD.list_id OR "
            "NEW.number IS NOT OLD.number) AND EXISTS "
            "(SELECT 1 FROM discharge_list_lines WHERE "
            "(discharge_list_lines.list_id = NEW.list_id "
            "AND discharge_list_lines.number = "
            "NEW.number) AND discharge_list_lines.rowid "
            "<> OLD.rowid) BEGIN SELECT RAISE(ABORT, "
            "'rows of discharge_list_lines are never "
            "replaced'); END"
        ],
    },
    "displace_no_discharge_lists": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_discharge_lists BEFORE "
            "UPDATE ON discharge_lists FOR EACH ROW WHEN "
            "NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id BEGIN "
            "SELECT RAISE(ABORT, 'rows of discharge_lists are "
            "never replaced'); END"
        ],
    },
    "displace_no_document_recipients": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER "
            "displace_no_document_recipients BEFORE UPDATE "
            "ON document_recipients FOR EACH ROW WHEN "
            "NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "document_recipients are never replaced'); "
            "END"
        ],
    },
    "displace_no_documents": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_documents BEFORE UPDATE ON "
            "documents FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "documents are never replaced'); END"
        ],
    },
    "displace_no_epj_marks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_epj_marks BEFORE UPDATE ON "
            "epj_marks FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.event_id <> OLD.event_id BEGIN SELECT RAISE(ABORT, "
            "'rows of epj_marks are never replaced'); END"
        ],
    },
    "displace_no_events": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_events BEFORE UPDATE ON events "
            "FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id BEGIN SELECT RAISE(ABORT, 'rows of events are never "
            "replaced'); END"
        ],
    },
    "displace_no_families": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_families BEFORE UPDATE ON "
            "families FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.patient_id <> OLD.patient_id BEGIN SELECT "
            "RAISE(ABORT, 'rows of families are never replaced'); "
            "END"
        ],
    },
    "displace_no_handover_packages": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_handover_packages "
            "BEFORE UPDATE ON handover_packages FOR EACH ROW "
            "WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "handover_packages are never replaced'); END"
        ],
    },
    "displace_no_handovers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_handovers BEFORE UPDATE ON "
            "handovers FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id OR (NEW.case_id IS NOT OLD.case_id OR "
            "NEW.state IS NOT OLD.state) AND EXISTS (SELECT 1 FROM "
            "handovers WHERE (handovers.case_id = NEW.case_id AND "
            "handovers.state IN ('sent', 'received') AND NEW.state "
            "IN ('sent', 'received')) AND handovers.rowid <> "
            "OLD.rowid) OR (NEW.package_id IS NOT OLD.package_id) "
            "AND EXISTS (SELECT 1 FROM handovers WHERE "
            "(handovers.package_id = NEW.package_id) AND "
            "handovers.rowid <> OLD.rowid) BEGIN SELECT RAISE(ABORT, "
            "'rows of handovers are never replaced'); END"
        ],
    },
    "displace_no_key_checks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_key_checks BEFORE UPDATE ON "
            "key_checks FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.tenant_id <> OLD.tenant_id OR NEW.version <> "
            "OLD.version BEGIN SELECT RAISE(ABORT, 'rows of "
            "key_checks are never replaced'); END"
        ],
    },
    "displace_no_messages": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_messages BEFORE UPDATE ON "
            "messages FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id OR (NEW.tenant_id IS NOT OLD.tenant_id "
            "OR NEW.fingerprint IS NOT OLD.fingerprint OR NEW.again "
            "IS NOT OLD.again) AND EXISTS (SELECT 1 FROM messages "
            "WHERE (messages.tenant_id = NEW.tenant_id AND "
            "messages.fingerprint = NEW.fingerprint AND "
            "messages.again = NEW.again) AND messages.rowid <> "
            "OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows of messages "
            "are never replaced'); END"
        ],
    },
    "displace_no_outside_receivers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_outside_receivers "
            "BEFORE UPDATE ON outside_receivers FOR EACH ROW "
            "WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id "
            "OR (NEW.tenant_id IS NOT OLD.tenant_id OR "
            "NEW.organisation IS NOT OLD.organisation OR "
            "NEW.unit IS NOT OLD.unit) AND EXISTS (SELECT 1 "
            "FROM outside_receivers WHERE "
            "(outside_receivers.tenant_id = NEW.tenant_id "
            "AND outside_receivers.organisation = "
            "NEW.organisation AND outside_receivers.unit = "
            "NEW.unit) AND outside_receivers.rowid <> "
            "OLD.rowid) BEGIN SELECT RAISE(ABORT, 'rows of "
            "outside_receivers are never replaced'); END"
        ],
    },
    "displace_no_patients": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_patients BEFORE UPDATE ON "
            "patients FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "patients are never replaced'); END"
        ],
    },
    "displace_no_plan_versions": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_plan_versions BEFORE "
            "UPDATE ON plan_versions FOR EACH ROW WHEN NEW.rowid "
            "<> OLD.rowid OR NEW.id <> OLD.id OR (NEW.case_id IS "
            "NOT OLD.case_id OR NEW.number IS NOT OLD.number) "
            "AND EXISTS (SELECT 1 FROM plan_versions WHERE "
            "(plan_versions.case_id = NEW.case_id AND "
            "plan_versions.number = NEW.number) AND "
            "plan_versions.rowid <> OLD.rowid) BEGIN SELECT "
            "RAISE(ABORT, 'rows of plan_versions are never "
            "replaced'); END"
        ],
    },
    "displace_no_relatives": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_relatives BEFORE UPDATE ON "
            "relatives FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "relatives are never replaced'); END"
        ],
    },
    "displace_no_restricted_entries": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_restricted_entries "
            "BEFORE UPDATE ON restricted_entries FOR EACH "
            "ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id OR (NEW.record_id IS NOT OLD.record_id "
            "OR NEW.number IS NOT OLD.number) AND EXISTS "
            "(SELECT 1 FROM restricted_entries WHERE "
            "(restricted_entries.record_id = NEW.record_id "
            "AND restricted_entries.number = NEW.number) "
            "AND restricted_entries.rowid <> OLD.rowid) "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "restricted_entries are never replaced'); END"
        ],
    },
    "displace_no_restricted_readers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_restricted_readers "
            "BEFORE UPDATE ON restricted_readers FOR EACH "
            "ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id OR (NEW.record_id IS NOT OLD.record_id "
            "OR NEW.member_id IS NOT OLD.member_id OR "
            "NEW.ended_at IS NOT OLD.ended_at) AND EXISTS "
            "(SELECT 1 FROM restricted_readers WHERE "
            "(restricted_readers.record_id = NEW.record_id "
            "AND restricted_readers.member_id = "
            "NEW.member_id AND restricted_readers.ended_at "
            "IS NULL AND NEW.ended_at IS NULL) AND "
            "restricted_readers.rowid <> OLD.rowid) BEGIN "
            "SELECT RAISE(ABORT, 'rows of "
            "restricted_readers are never replaced'); END"
        ],
    },
    "displace_no_restricted_records": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_restricted_records "
            "BEFORE UPDATE ON restricted_records FOR EACH "
            "ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "restricted_records are never replaced'); END"
        ],
    },
    "displace_no_rollcalls": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_rollcalls BEFORE UPDATE ON "
            "rollcalls FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "rollcalls are never replaced'); END"
        ],
    },
    "displace_no_takeover_decisions": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_takeover_decisions "
            "BEFORE UPDATE ON takeover_decisions FOR EACH "
            "ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> "
            "OLD.id BEGIN SELECT RAISE(ABORT, 'rows of "
            "takeover_decisions are never replaced'); END"
        ],
    },
    "displace_no_takeover_reopened": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_takeover_reopened "
            "BEFORE UPDATE ON takeover_reopened FOR EACH ROW "
            "WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "takeover_reopened are never replaced'); END"
        ],
    },
    "displace_no_takeover_rows": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_takeover_rows BEFORE "
            "UPDATE ON takeover_rows FOR EACH ROW WHEN NEW.rowid "
            "<> OLD.rowid OR NEW.id <> OLD.id OR "
            "(NEW.takeover_id IS NOT OLD.takeover_id OR "
            "NEW.number IS NOT OLD.number) AND EXISTS (SELECT 1 "
            "FROM takeover_rows WHERE (takeover_rows.takeover_id "
            "= NEW.takeover_id AND takeover_rows.number = "
            "NEW.number) AND takeover_rows.rowid <> OLD.rowid) "
            "BEGIN SELECT RAISE(ABORT, 'rows of takeover_rows "
            "are never replaced'); END"
        ],
    },
    "displace_no_takeovers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_takeovers BEFORE UPDATE ON "
            "takeovers FOR EACH ROW WHEN NEW.rowid <> OLD.rowid OR "
            "NEW.id <> OLD.id OR (NEW.tenant_id IS NOT OLD.tenant_id "
            "OR NEW.fingerprint IS NOT OLD.fingerprint OR NEW.state "
            "IS NOT OLD.state) AND EXISTS (SELECT 1 FROM takeovers "
            "WHERE (takeovers.tenant_id = NEW.tenant_id AND "
            "takeovers.fingerprint = NEW.fingerprint AND "
            "takeovers.state <> 'undone' AND NEW.state <> 'undone') "
            "AND takeovers.rowid <> OLD.rowid) BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeovers are never replaced'); "
            "END"
        ],
    },
    "displace_no_tasks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER displace_no_tasks BEFORE UPDATE ON tasks FOR "
            "EACH ROW WHEN NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id OR "
            "(NEW.case_id IS NOT OLD.case_id OR NEW.step_key IS NOT "
            "OLD.step_key OR NEW.anchor_event_id IS NOT "
            "OLD.anchor_event_id) AND EXISTS (SELECT 1 FROM tasks WHERE "
            "(tasks.case_id = NEW.case_id AND tasks.step_key = "
            "NEW.step_key AND tasks.anchor_event_id = "
            "NEW.anchor_event_id) AND tasks.rowid <> OLD.rowid) OR "
            "(NEW.subject_id IS NOT OLD.subject_id OR NEW.step_key IS "
            "NOT OLD.step_key) AND EXISTS (SELECT 1 FROM tasks WHERE "
            "(tasks.subject_id = NEW.subject_id AND tasks.step_key = "
            "NEW.step_key) AND tasks.rowid <> OLD.rowid) BEGIN SELECT "
            "RAISE(ABORT, 'rows of tasks are never replaced'); END"
        ],
    },
    "events_only_marked": {
        "postgresql": [
            "CREATE FUNCTION events_only_marked() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR "
            "NEW.tenant_id <> OLD.tenant_id OR NEW.case_id <> "
            "OLD.case_id OR NEW.kind <> OLD.kind OR NEW.at <> "
            "OLD.at OR NEW.date_only <> OLD.date_only OR "
            "NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by "
            "IS DISTINCT FROM OLD.recorded_by OR NEW.source <> "
            "OLD.source OR NEW.source_id IS DISTINCT FROM "
            "OLD.source_id OR NEW.facts <> OLD.facts OR (NEW.note "
            "IS NULL) <> (OLD.note IS NULL) OR OLD.in_error_at IS "
            "NOT NULL THEN RAISE EXCEPTION 'an event is never "
            "changed: mark it as entered in error and record the "
            "right one' USING ERRCODE = '23514'; END IF; RETURN "
            "NEW; END $$",
            "CREATE TRIGGER events_only_marked BEFORE UPDATE ON "
            "events FOR EACH ROW EXECUTE FUNCTION "
            "events_only_marked()",
        ],
        "sqlite": [
            "CREATE TRIGGER events_only_marked BEFORE UPDATE ON events "
            "FOR EACH ROW WHEN NEW.id <> OLD.id OR NEW.tenant_id <> "
            "OLD.tenant_id OR NEW.case_id <> OLD.case_id OR NEW.kind <> "
            "OLD.kind OR NEW.at <> OLD.at OR NEW.date_only <> "
            "OLD.date_only OR NEW.recorded_at <> OLD.recorded_at OR "
            "NEW.recorded_by IS DISTINCT FROM OLD.recorded_by OR "
            "NEW.source <> OLD.source OR NEW.source_id IS DISTINCT FROM "
            "OLD.source_id OR NEW.facts <> OLD.facts OR (NEW.note IS "
            "NULL) <> (OLD.note IS NULL) OR OLD.in_error_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'an event is never changed: mark "
            "it as entered in error and record the right one'); END"
        ],
    },
    "fix_audit_events": {
        "postgresql": [
            "CREATE FUNCTION fix_audit_events() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of audit_events are never changed' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_audit_events BEFORE UPDATE ON "
            "audit_events FOR EACH ROW EXECUTE FUNCTION "
            "fix_audit_events()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_audit_events BEFORE UPDATE ON "
            "audit_events FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_events are never changed'); "
            "END"
        ],
    },
    "fix_audit_subjects": {
        "postgresql": [
            "CREATE FUNCTION fix_audit_subjects() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of audit_subjects are never changed' "
            "USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_audit_subjects BEFORE UPDATE ON "
            "audit_subjects FOR EACH ROW EXECUTE FUNCTION "
            "fix_audit_subjects()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_audit_subjects BEFORE UPDATE ON "
            "audit_subjects FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_subjects are never changed'); "
            "END"
        ],
    },
    "fix_closures": {
        "postgresql": [
            "CREATE FUNCTION fix_closures() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "closures are never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_closures BEFORE UPDATE ON closures FOR "
            "EACH ROW EXECUTE FUNCTION fix_closures()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_closures BEFORE UPDATE ON closures FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of closures are "
            "never changed'); END"
        ],
    },
    "fix_contacts": {
        "postgresql": [
            "CREATE FUNCTION fix_contacts() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "contacts are never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_contacts BEFORE UPDATE ON contacts FOR "
            "EACH ROW EXECUTE FUNCTION fix_contacts()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_contacts BEFORE UPDATE ON contacts FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of contacts are "
            "never changed'); END"
        ],
    },
    "fix_discharge_list_lines": {
        "postgresql": [
            "CREATE FUNCTION fix_discharge_list_lines() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "true THEN RAISE EXCEPTION 'rows of "
            "discharge_list_lines are never changed' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_discharge_list_lines BEFORE "
            "UPDATE ON discharge_list_lines FOR EACH ROW "
            "EXECUTE FUNCTION fix_discharge_list_lines()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_discharge_list_lines BEFORE "
            "UPDATE ON discharge_list_lines FOR EACH ROW WHEN "
            "true BEGIN SELECT RAISE(ABORT, 'rows of "
            "discharge_list_lines are never changed'); END"
        ],
    },
    "fix_discharge_lists": {
        "postgresql": [
            "CREATE FUNCTION fix_discharge_lists() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of discharge_lists are never changed' "
            "USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_discharge_lists BEFORE UPDATE ON "
            "discharge_lists FOR EACH ROW EXECUTE FUNCTION "
            "fix_discharge_lists()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_discharge_lists BEFORE UPDATE ON "
            "discharge_lists FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of discharge_lists are never "
            "changed'); END"
        ],
    },
    "fix_key_checks": {
        "postgresql": [
            "CREATE FUNCTION fix_key_checks() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "key_checks are never changed' USING ERRCODE = '23514'; END "
            "IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_key_checks BEFORE UPDATE ON key_checks "
            "FOR EACH ROW EXECUTE FUNCTION fix_key_checks()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_key_checks BEFORE UPDATE ON key_checks FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "key_checks are never changed'); END"
        ],
    },
    "fix_plan_versions": {
        "postgresql": [
            "CREATE FUNCTION fix_plan_versions() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of plan_versions are never changed' "
            "USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_plan_versions BEFORE UPDATE ON "
            "plan_versions FOR EACH ROW EXECUTE FUNCTION "
            "fix_plan_versions()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_plan_versions BEFORE UPDATE ON "
            "plan_versions FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of plan_versions are never changed'); "
            "END"
        ],
    },
    "fix_restricted_entries": {
        "postgresql": [
            "CREATE FUNCTION fix_restricted_entries() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of restricted_entries are "
            "never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_restricted_entries BEFORE "
            "UPDATE ON restricted_entries FOR EACH ROW EXECUTE "
            "FUNCTION fix_restricted_entries()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_restricted_entries BEFORE UPDATE ON "
            "restricted_entries FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of restricted_entries are never "
            "changed'); END"
        ],
    },
    "fix_restricted_records": {
        "postgresql": [
            "CREATE FUNCTION fix_restricted_records() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of restricted_records are "
            "never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_restricted_records BEFORE "
            "UPDATE ON restricted_records FOR EACH ROW EXECUTE "
            "FUNCTION fix_restricted_records()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_restricted_records BEFORE UPDATE ON "
            "restricted_records FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of restricted_records are never "
            "changed'); END"
        ],
    },
    "fix_takeover_decisions": {
        "postgresql": [
            "CREATE FUNCTION fix_takeover_decisions() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of takeover_decisions are "
            "never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_takeover_decisions BEFORE "
            "UPDATE ON takeover_decisions FOR EACH ROW EXECUTE "
            "FUNCTION fix_takeover_decisions()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_takeover_decisions BEFORE UPDATE ON "
            "takeover_decisions FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_decisions are never "
            "changed'); END"
        ],
    },
    "fix_takeover_reopened": {
        "postgresql": [
            "CREATE FUNCTION fix_takeover_reopened() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of takeover_reopened are "
            "never changed' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER fix_takeover_reopened BEFORE UPDATE "
            "ON takeover_reopened FOR EACH ROW EXECUTE FUNCTION "
            "fix_takeover_reopened()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_takeover_reopened BEFORE UPDATE ON "
            "takeover_reopened FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_reopened are never "
            "changed'); END"
        ],
    },
    "fix_takeover_rows": {
        "postgresql": [
            "CREATE FUNCTION fix_takeover_rows() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of takeover_rows are never changed' "
            "USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fix_takeover_rows BEFORE UPDATE ON "
            "takeover_rows FOR EACH ROW EXECUTE FUNCTION "
            "fix_takeover_rows()",
        ],
        "sqlite": [
            "CREATE TRIGGER fix_takeover_rows BEFORE UPDATE ON "
            "takeover_rows FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_rows are never changed'); "
            "END"
        ],
    },
    "handover_packages_only_leave": {
        "postgresql": [
            "CREATE FUNCTION "
            "handover_packages_only_leave() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "NEW.id <> OLD.id OR NEW.case_id <> "
            "OLD.case_id OR NEW.outside_id <> "
            "OLD.outside_id OR NEW.made_at <> OLD.made_at "
            "OR NEW.content <> OLD.content OR OLD.left_at "
            "IS NOT NULL THEN RAISE EXCEPTION 'a package "
            "is never changed: it leaves once' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END "
            "$$",
            "CREATE TRIGGER handover_packages_only_leave "
            "BEFORE UPDATE ON handover_packages FOR EACH "
            "ROW EXECUTE FUNCTION "
            "handover_packages_only_leave()",
        ],
        "sqlite": [
            "CREATE TRIGGER handover_packages_only_leave "
            "BEFORE UPDATE ON handover_packages FOR EACH ROW "
            "WHEN NEW.id <> OLD.id OR NEW.case_id <> "
            "OLD.case_id OR NEW.outside_id <> OLD.outside_id "
            "OR NEW.made_at <> OLD.made_at OR NEW.content <> "
            "OLD.content OR OLD.left_at IS NOT NULL BEGIN "
            "SELECT RAISE(ABORT, 'a package is never changed: "
            "it leaves once'); END"
        ],
    },
    "keep_alerts": {
        "postgresql": [
            "CREATE FUNCTION keep_alerts() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "alerts are never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_alerts BEFORE DELETE ON alerts FOR EACH "
            "ROW EXECUTE FUNCTION keep_alerts()",
            "CREATE FUNCTION keep_alerts_all() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of alerts are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_alerts_all BEFORE TRUNCATE ON alerts FOR "
            "EACH STATEMENT EXECUTE FUNCTION keep_alerts_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_alerts BEFORE DELETE ON alerts FOR EACH ROW "
            "WHEN true BEGIN SELECT RAISE(ABORT, 'rows of alerts are never "
            "deleted'); END"
        ],
    },
    "keep_appointments": {
        "postgresql": [
            "CREATE FUNCTION keep_appointments() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of appointments are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_appointments BEFORE DELETE ON "
            "appointments FOR EACH ROW EXECUTE FUNCTION "
            "keep_appointments()",
            "CREATE FUNCTION keep_appointments_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "appointments are never deleted' USING ERRCODE = "
            "'23514'; END $$",
            "CREATE TRIGGER keep_appointments_all BEFORE TRUNCATE ON "
            "appointments FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_appointments_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_appointments BEFORE DELETE ON "
            "appointments FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of appointments are never deleted'); "
            "END"
        ],
    },
    "keep_audit_events": {
        "postgresql": [
            "CREATE FUNCTION keep_audit_events() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of audit_events are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_audit_events BEFORE DELETE ON "
            "audit_events FOR EACH ROW EXECUTE FUNCTION "
            "keep_audit_events()",
            "CREATE FUNCTION keep_audit_events_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "audit_events are never deleted' USING ERRCODE = "
            "'23514'; END $$",
            "CREATE TRIGGER keep_audit_events_all BEFORE TRUNCATE ON "
            "audit_events FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_audit_events_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_audit_events BEFORE DELETE ON "
            "audit_events FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_events are never deleted'); "
            "END"
        ],
    },
    "keep_audit_subjects": {
        "postgresql": [
            "CREATE FUNCTION keep_audit_subjects() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of audit_subjects are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_audit_subjects BEFORE DELETE ON "
            "audit_subjects FOR EACH ROW EXECUTE FUNCTION "
            "keep_audit_subjects()",
            "CREATE FUNCTION keep_audit_subjects_all() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'rows of audit_subjects are never deleted' USING "
            "ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_audit_subjects_all BEFORE "
            "TRUNCATE ON audit_subjects FOR EACH STATEMENT EXECUTE "
            "FUNCTION keep_audit_subjects_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_audit_subjects BEFORE DELETE ON "
            "audit_subjects FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_subjects are never deleted'); "
            "END"
        ],
    },
    "keep_calls": {
        "postgresql": [
            "CREATE FUNCTION keep_calls() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of calls are "
            "never deleted' USING ERRCODE = '23514'; END IF; RETURN OLD; "
            "END $$",
            "CREATE TRIGGER keep_calls BEFORE DELETE ON calls FOR EACH ROW "
            "EXECUTE FUNCTION keep_calls()",
            "CREATE FUNCTION keep_calls_all() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of calls are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_calls_all BEFORE TRUNCATE ON calls FOR "
            "EACH STATEMENT EXECUTE FUNCTION keep_calls_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_calls BEFORE DELETE ON calls FOR EACH ROW WHEN "
            "true BEGIN SELECT RAISE(ABORT, 'rows of calls are never deleted'); "
            "END"
        ],
    },
    "keep_care_relations": {
        "postgresql": [
            "CREATE FUNCTION keep_care_relations() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of care_relations are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_care_relations BEFORE DELETE ON "
            "care_relations FOR EACH ROW EXECUTE FUNCTION "
            "keep_care_relations()",
            "CREATE FUNCTION keep_care_relations_all() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'rows of care_relations are never deleted' USING "
            "ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_care_relations_all BEFORE "
            "TRUNCATE ON care_relations FOR EACH STATEMENT EXECUTE "
            "FUNCTION keep_care_relations_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_care_relations BEFORE DELETE ON "
            "care_relations FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of care_relations are never deleted'); "
            "END"
        ],
    },
    "keep_cases": {
        "postgresql": [
            "CREATE FUNCTION keep_cases() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of cases are "
            "never deleted' USING ERRCODE = '23514'; END IF; RETURN OLD; "
            "END $$",
            "CREATE TRIGGER keep_cases BEFORE DELETE ON cases FOR EACH ROW "
            "EXECUTE FUNCTION keep_cases()",
            "CREATE FUNCTION keep_cases_all() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of cases are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_cases_all BEFORE TRUNCATE ON cases FOR "
            "EACH STATEMENT EXECUTE FUNCTION keep_cases_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_cases BEFORE DELETE ON cases FOR EACH ROW WHEN "
            "true BEGIN SELECT RAISE(ABORT, 'rows of cases are never deleted'); "
            "END"
        ],
    },
    "keep_closures": {
        "postgresql": [
            "CREATE FUNCTION keep_closures() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "closures are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_closures BEFORE DELETE ON closures FOR "
            "EACH ROW EXECUTE FUNCTION keep_closures()",
            "CREATE FUNCTION keep_closures_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "closures are never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_closures_all BEFORE TRUNCATE ON "
            "closures FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_closures_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_closures BEFORE DELETE ON closures FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of closures are "
            "never deleted'); END"
        ],
    },
    "keep_contacts": {
        "postgresql": [
            "CREATE FUNCTION keep_contacts() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "contacts are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_contacts BEFORE DELETE ON contacts FOR "
            "EACH ROW EXECUTE FUNCTION keep_contacts()",
            "CREATE FUNCTION keep_contacts_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "contacts are never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_contacts_all BEFORE TRUNCATE ON "
            "contacts FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_contacts_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_contacts BEFORE DELETE ON contacts FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of contacts are "
            "never deleted'); END"
        ],
    },
    "keep_data_keys": {
        "postgresql": [
            "CREATE FUNCTION keep_data_keys() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "data_keys are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_data_keys BEFORE DELETE ON data_keys "
            "FOR EACH ROW EXECUTE FUNCTION keep_data_keys()",
            "CREATE FUNCTION keep_data_keys_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "data_keys are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_data_keys_all BEFORE TRUNCATE ON "
            "data_keys FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_data_keys_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_data_keys BEFORE DELETE ON data_keys FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "data_keys are never deleted'); END"
        ],
    },
    "keep_deliveries": {
        "postgresql": [
            "CREATE FUNCTION keep_deliveries() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION "
            "'rows of deliveries are never deleted' USING ERRCODE = "
            "'23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_deliveries BEFORE DELETE ON "
            "deliveries FOR EACH ROW EXECUTE FUNCTION "
            "keep_deliveries()",
            "CREATE FUNCTION keep_deliveries_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "deliveries are never deleted' USING ERRCODE = '23514'; "
            "END $$",
            "CREATE TRIGGER keep_deliveries_all BEFORE TRUNCATE ON "
            "deliveries FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_deliveries_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_deliveries BEFORE DELETE ON deliveries "
            "FOR EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "deliveries are never deleted'); END"
        ],
    },
    "keep_discharge_list_lines": {
        "postgresql": [
            "CREATE FUNCTION keep_discharge_list_lines() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "true THEN RAISE EXCEPTION 'rows of "
            "discharge_list_lines are never deleted' USING "
            "ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_discharge_list_lines BEFORE "
            "DELETE ON discharge_list_lines FOR EACH ROW "
            "EXECUTE FUNCTION keep_discharge_list_lines()",
            "CREATE FUNCTION keep_discharge_list_lines_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of discharge_list_lines "
            "are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_discharge_list_lines_all "
            "BEFORE TRUNCATE ON discharge_list_lines FOR "
            "EACH STATEMENT EXECUTE FUNCTION "
            "keep_discharge_list_lines_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_discharge_list_lines BEFORE "
            "DELETE ON discharge_list_lines FOR EACH ROW WHEN "
            "true BEGIN SELECT RAISE(ABORT, 'rows of "
            "discharge_list_lines are never deleted'); END"
        ],
    },
    "keep_discharge_lists": {
        "postgresql": [
            "CREATE FUNCTION keep_discharge_lists() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of discharge_lists are never "
            "deleted' USING ERRCODE = '23514'; END IF; RETURN "
            "OLD; END $$",
            "CREATE TRIGGER keep_discharge_lists BEFORE DELETE ON "
            "discharge_lists FOR EACH ROW EXECUTE FUNCTION "
            "keep_discharge_lists()",
            "CREATE FUNCTION keep_discharge_lists_all() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'rows of discharge_lists are never deleted' USING "
            "ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_discharge_lists_all BEFORE "
            "TRUNCATE ON discharge_lists FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_discharge_lists_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_discharge_lists BEFORE DELETE ON "
            "discharge_lists FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of discharge_lists are never "
            "deleted'); END"
        ],
    },
    "keep_document_recipients": {
        "postgresql": [
            "CREATE FUNCTION keep_document_recipients() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "true THEN RAISE EXCEPTION 'rows of "
            "document_recipients are never deleted' USING "
            "ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_document_recipients BEFORE "
            "DELETE ON document_recipients FOR EACH ROW "
            "EXECUTE FUNCTION keep_document_recipients()",
            "CREATE FUNCTION keep_document_recipients_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of document_recipients are "
            "never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_document_recipients_all "
            "BEFORE TRUNCATE ON document_recipients FOR EACH "
            "STATEMENT EXECUTE FUNCTION "
            "keep_document_recipients_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_document_recipients BEFORE "
            "DELETE ON document_recipients FOR EACH ROW WHEN true "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "document_recipients are never deleted'); END"
        ],
    },
    "keep_documents": {
        "postgresql": [
            "CREATE FUNCTION keep_documents() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "documents are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_documents BEFORE DELETE ON documents "
            "FOR EACH ROW EXECUTE FUNCTION keep_documents()",
            "CREATE FUNCTION keep_documents_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "documents are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_documents_all BEFORE TRUNCATE ON "
            "documents FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_documents_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_documents BEFORE DELETE ON documents FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "documents are never deleted'); END"
        ],
    },
    "keep_epj_marks": {
        "postgresql": [
            "CREATE FUNCTION keep_epj_marks() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "epj_marks are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_epj_marks BEFORE DELETE ON epj_marks "
            "FOR EACH ROW EXECUTE FUNCTION keep_epj_marks()",
            "CREATE FUNCTION keep_epj_marks_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "epj_marks are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_epj_marks_all BEFORE TRUNCATE ON "
            "epj_marks FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_epj_marks_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_epj_marks BEFORE DELETE ON epj_marks FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "epj_marks are never deleted'); END"
        ],
    },
    "keep_events": {
        "postgresql": [
            "CREATE FUNCTION keep_events() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "events are never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_events BEFORE DELETE ON events FOR EACH "
            "ROW EXECUTE FUNCTION keep_events()",
            "CREATE FUNCTION keep_events_all() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of events are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_events_all BEFORE TRUNCATE ON events FOR "
            "EACH STATEMENT EXECUTE FUNCTION keep_events_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_events BEFORE DELETE ON events FOR EACH ROW "
            "WHEN true BEGIN SELECT RAISE(ABORT, 'rows of events are never "
            "deleted'); END"
        ],
    },
    "keep_families": {
        "postgresql": [
            "CREATE FUNCTION keep_families() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "families are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_families BEFORE DELETE ON families FOR "
            "EACH ROW EXECUTE FUNCTION keep_families()",
            "CREATE FUNCTION keep_families_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "families are never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_families_all BEFORE TRUNCATE ON "
            "families FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_families_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_families BEFORE DELETE ON families FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of families are "
            "never deleted'); END"
        ],
    },
    "keep_handover_packages": {
        "postgresql": [
            "CREATE FUNCTION keep_handover_packages() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of handover_packages are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_handover_packages BEFORE "
            "DELETE ON handover_packages FOR EACH ROW EXECUTE "
            "FUNCTION keep_handover_packages()",
            "CREATE FUNCTION keep_handover_packages_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "EXCEPTION 'rows of handover_packages are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_handover_packages_all BEFORE "
            "TRUNCATE ON handover_packages FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_handover_packages_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_handover_packages BEFORE DELETE ON "
            "handover_packages FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of handover_packages are never "
            "deleted'); END"
        ],
    },
    "keep_handovers": {
        "postgresql": [
            "CREATE FUNCTION keep_handovers() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "handovers are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_handovers BEFORE DELETE ON handovers "
            "FOR EACH ROW EXECUTE FUNCTION keep_handovers()",
            "CREATE FUNCTION keep_handovers_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "handovers are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_handovers_all BEFORE TRUNCATE ON "
            "handovers FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_handovers_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_handovers BEFORE DELETE ON handovers FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "handovers are never deleted'); END"
        ],
    },
    "keep_key_checks": {
        "postgresql": [
            "CREATE FUNCTION keep_key_checks() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION "
            "'rows of key_checks are never deleted' USING ERRCODE = "
            "'23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_key_checks BEFORE DELETE ON "
            "key_checks FOR EACH ROW EXECUTE FUNCTION "
            "keep_key_checks()",
            "CREATE FUNCTION keep_key_checks_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "key_checks are never deleted' USING ERRCODE = '23514'; "
            "END $$",
            "CREATE TRIGGER keep_key_checks_all BEFORE TRUNCATE ON "
            "key_checks FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_key_checks_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_key_checks BEFORE DELETE ON key_checks "
            "FOR EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "key_checks are never deleted'); END"
        ],
    },
    "keep_messages": {
        "postgresql": [
            "CREATE FUNCTION keep_messages() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "messages are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_messages BEFORE DELETE ON messages FOR "
            "EACH ROW EXECUTE FUNCTION keep_messages()",
            "CREATE FUNCTION keep_messages_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "messages are never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_messages_all BEFORE TRUNCATE ON "
            "messages FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_messages_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_messages BEFORE DELETE ON messages FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of messages are "
            "never deleted'); END"
        ],
    },
    "keep_outside_receivers": {
        "postgresql": [
            "CREATE FUNCTION keep_outside_receivers() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of outside_receivers are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_outside_receivers BEFORE "
            "DELETE ON outside_receivers FOR EACH ROW EXECUTE "
            "FUNCTION keep_outside_receivers()",
            "CREATE FUNCTION keep_outside_receivers_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "EXCEPTION 'rows of outside_receivers are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_outside_receivers_all BEFORE "
            "TRUNCATE ON outside_receivers FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_outside_receivers_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_outside_receivers BEFORE DELETE ON "
            "outside_receivers FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of outside_receivers are never "
            "deleted'); END"
        ],
    },
    "keep_patients": {
        "postgresql": [
            "CREATE FUNCTION keep_patients() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "patients are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_patients BEFORE DELETE ON patients FOR "
            "EACH ROW EXECUTE FUNCTION keep_patients()",
            "CREATE FUNCTION keep_patients_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "patients are never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_patients_all BEFORE TRUNCATE ON "
            "patients FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_patients_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_patients BEFORE DELETE ON patients FOR EACH "
            "ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of patients are "
            "never deleted'); END"
        ],
    },
    "keep_plan_versions": {
        "postgresql": [
            "CREATE FUNCTION keep_plan_versions() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of plan_versions are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_plan_versions BEFORE DELETE ON "
            "plan_versions FOR EACH ROW EXECUTE FUNCTION "
            "keep_plan_versions()",
            "CREATE FUNCTION keep_plan_versions_all() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'rows of plan_versions are never deleted' USING "
            "ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_plan_versions_all BEFORE TRUNCATE "
            "ON plan_versions FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_plan_versions_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_plan_versions BEFORE DELETE ON "
            "plan_versions FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of plan_versions are never deleted'); "
            "END"
        ],
    },
    "keep_relatives": {
        "postgresql": [
            "CREATE FUNCTION keep_relatives() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "relatives are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_relatives BEFORE DELETE ON relatives "
            "FOR EACH ROW EXECUTE FUNCTION keep_relatives()",
            "CREATE FUNCTION keep_relatives_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "relatives are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_relatives_all BEFORE TRUNCATE ON "
            "relatives FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_relatives_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_relatives BEFORE DELETE ON relatives FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "relatives are never deleted'); END"
        ],
    },
    "keep_restricted_entries": {
        "postgresql": [
            "CREATE FUNCTION keep_restricted_entries() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of restricted_entries are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_restricted_entries BEFORE "
            "DELETE ON restricted_entries FOR EACH ROW EXECUTE "
            "FUNCTION keep_restricted_entries()",
            "CREATE FUNCTION keep_restricted_entries_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of restricted_entries are "
            "never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_restricted_entries_all BEFORE "
            "TRUNCATE ON restricted_entries FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_restricted_entries_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_restricted_entries BEFORE DELETE "
            "ON restricted_entries FOR EACH ROW WHEN true BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_entries are "
            "never deleted'); END"
        ],
    },
    "keep_restricted_readers": {
        "postgresql": [
            "CREATE FUNCTION keep_restricted_readers() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of restricted_readers are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_restricted_readers BEFORE "
            "DELETE ON restricted_readers FOR EACH ROW EXECUTE "
            "FUNCTION keep_restricted_readers()",
            "CREATE FUNCTION keep_restricted_readers_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of restricted_readers are "
            "never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_restricted_readers_all BEFORE "
            "TRUNCATE ON restricted_readers FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_restricted_readers_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_restricted_readers BEFORE DELETE "
            "ON restricted_readers FOR EACH ROW WHEN true BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_readers are "
            "never deleted'); END"
        ],
    },
    "keep_restricted_records": {
        "postgresql": [
            "CREATE FUNCTION keep_restricted_records() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of restricted_records are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_restricted_records BEFORE "
            "DELETE ON restricted_records FOR EACH ROW EXECUTE "
            "FUNCTION keep_restricted_records()",
            "CREATE FUNCTION keep_restricted_records_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of restricted_records are "
            "never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_restricted_records_all BEFORE "
            "TRUNCATE ON restricted_records FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_restricted_records_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_restricted_records BEFORE DELETE "
            "ON restricted_records FOR EACH ROW WHEN true BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_records are "
            "never deleted'); END"
        ],
    },
    "keep_rollcalls": {
        "postgresql": [
            "CREATE FUNCTION keep_rollcalls() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "rollcalls are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_rollcalls BEFORE DELETE ON rollcalls "
            "FOR EACH ROW EXECUTE FUNCTION keep_rollcalls()",
            "CREATE FUNCTION keep_rollcalls_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "rollcalls are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_rollcalls_all BEFORE TRUNCATE ON "
            "rollcalls FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_rollcalls_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_rollcalls BEFORE DELETE ON rollcalls FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "rollcalls are never deleted'); END"
        ],
    },
    "keep_takeover_decisions": {
        "postgresql": [
            "CREATE FUNCTION keep_takeover_decisions() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of takeover_decisions are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_takeover_decisions BEFORE "
            "DELETE ON takeover_decisions FOR EACH ROW EXECUTE "
            "FUNCTION keep_takeover_decisions()",
            "CREATE FUNCTION keep_takeover_decisions_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of takeover_decisions are "
            "never deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_takeover_decisions_all BEFORE "
            "TRUNCATE ON takeover_decisions FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_takeover_decisions_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_takeover_decisions BEFORE DELETE "
            "ON takeover_decisions FOR EACH ROW WHEN true BEGIN "
            "SELECT RAISE(ABORT, 'rows of takeover_decisions are "
            "never deleted'); END"
        ],
    },
    "keep_takeover_reopened": {
        "postgresql": [
            "CREATE FUNCTION keep_takeover_reopened() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN "
            "RAISE EXCEPTION 'rows of takeover_reopened are "
            "never deleted' USING ERRCODE = '23514'; END IF; "
            "RETURN OLD; END $$",
            "CREATE TRIGGER keep_takeover_reopened BEFORE "
            "DELETE ON takeover_reopened FOR EACH ROW EXECUTE "
            "FUNCTION keep_takeover_reopened()",
            "CREATE FUNCTION keep_takeover_reopened_all() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "EXCEPTION 'rows of takeover_reopened are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_takeover_reopened_all BEFORE "
            "TRUNCATE ON takeover_reopened FOR EACH STATEMENT "
            "EXECUTE FUNCTION keep_takeover_reopened_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_takeover_reopened BEFORE DELETE ON "
            "takeover_reopened FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_reopened are never "
            "deleted'); END"
        ],
    },
    "keep_takeover_rows": {
        "postgresql": [
            "CREATE FUNCTION keep_takeover_rows() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE "
            "EXCEPTION 'rows of takeover_rows are never deleted' "
            "USING ERRCODE = '23514'; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_takeover_rows BEFORE DELETE ON "
            "takeover_rows FOR EACH ROW EXECUTE FUNCTION "
            "keep_takeover_rows()",
            "CREATE FUNCTION keep_takeover_rows_all() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'rows of takeover_rows are never deleted' USING "
            "ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_takeover_rows_all BEFORE TRUNCATE "
            "ON takeover_rows FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_takeover_rows_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_takeover_rows BEFORE DELETE ON "
            "takeover_rows FOR EACH ROW WHEN true BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_rows are never deleted'); "
            "END"
        ],
    },
    "keep_takeovers": {
        "postgresql": [
            "CREATE FUNCTION keep_takeovers() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of "
            "takeovers are never deleted' USING ERRCODE = '23514'; END "
            "IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep_takeovers BEFORE DELETE ON takeovers "
            "FOR EACH ROW EXECUTE FUNCTION keep_takeovers()",
            "CREATE FUNCTION keep_takeovers_all() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of "
            "takeovers are never deleted' USING ERRCODE = '23514'; END "
            "$$",
            "CREATE TRIGGER keep_takeovers_all BEFORE TRUNCATE ON "
            "takeovers FOR EACH STATEMENT EXECUTE FUNCTION "
            "keep_takeovers_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_takeovers BEFORE DELETE ON takeovers FOR "
            "EACH ROW WHEN true BEGIN SELECT RAISE(ABORT, 'rows of "
            "takeovers are never deleted'); END"
        ],
    },
    "keep_tasks": {
        "postgresql": [
            "CREATE FUNCTION keep_tasks() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF true THEN RAISE EXCEPTION 'rows of tasks are "
            "never deleted' USING ERRCODE = '23514'; END IF; RETURN OLD; "
            "END $$",
            "CREATE TRIGGER keep_tasks BEFORE DELETE ON tasks FOR EACH ROW "
            "EXECUTE FUNCTION keep_tasks()",
            "CREATE FUNCTION keep_tasks_all() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of tasks are never "
            "deleted' USING ERRCODE = '23514'; END $$",
            "CREATE TRIGGER keep_tasks_all BEFORE TRUNCATE ON tasks FOR "
            "EACH STATEMENT EXECUTE FUNCTION keep_tasks_all()",
        ],
        "sqlite": [
            "CREATE TRIGGER keep_tasks BEFORE DELETE ON tasks FOR EACH ROW WHEN "
            "true BEGIN SELECT RAISE(ABORT, 'rows of tasks are never deleted'); "
            "END"
        ],
    },
    "messages_stay_what_they_are": {
        "postgresql": [
            "CREATE FUNCTION messages_stay_what_they_are() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.id <> OLD.id OR NEW.tenant_id <> "
            "OLD.tenant_id OR NEW.fingerprint <> "
            "OLD.fingerprint OR NEW.received_at <> "
            "OLD.received_at OR (OLD.status = 'not_ours' "
            "AND NEW.status <> 'not_ours') THEN RAISE "
            "EXCEPTION 'a message keeps its hash, and what "
            "was decided not to be ours stays so' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER messages_stay_what_they_are "
            "BEFORE UPDATE ON messages FOR EACH ROW "
            "EXECUTE FUNCTION "
            "messages_stay_what_they_are()",
        ],
        "sqlite": [
            "CREATE TRIGGER messages_stay_what_they_are BEFORE "
            "UPDATE ON messages FOR EACH ROW WHEN NEW.id <> "
            "OLD.id OR NEW.tenant_id <> OLD.tenant_id OR "
            "NEW.fingerprint <> OLD.fingerprint OR "
            "NEW.received_at <> OLD.received_at OR (OLD.status "
            "= 'not_ours' AND NEW.status <> 'not_ours') BEGIN "
            "SELECT RAISE(ABORT, 'a message keeps its hash, "
            "and what was decided not to be ours stays so'); "
            "END"
        ],
    },
    "messages_wait_with_an_open_task_on_insert": {
        "postgresql": [
            "CREATE FUNCTION "
            "messages_wait_with_an_open_task_on_insert() "
            "RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF "
            "(NEW.status IN ('to_decide', "
            "'parked') OR (NEW.status = "
            "'refused' AND NEW.decided_at IS "
            "NULL)) AND NOT EXISTS (SELECT 1 "
            "FROM tasks WHERE tasks.id = "
            "NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') THEN "
            "RAISE EXCEPTION 'a message that "
            "waits has an open task of its "
            "own' USING ERRCODE = '23514'; "
            "END IF; RETURN NEW; END $$",
            "CREATE TRIGGER "
            "messages_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON messages FOR "
            "EACH ROW EXECUTE FUNCTION "
            "messages_wait_with_an_open_task_on_insert()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "messages_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON messages FOR EACH "
            "ROW WHEN (NEW.status IN "
            "('to_decide', 'parked') OR "
            "(NEW.status = 'refused' AND "
            "NEW.decided_at IS NULL)) AND NOT "
            "EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'a message that waits "
            "has an open task of its own'); "
            "END"
        ],
    },
    "messages_wait_with_an_open_task_on_update": {
        "postgresql": [
            "CREATE FUNCTION "
            "messages_wait_with_an_open_task_on_update() "
            "RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF "
            "(NEW.status IN ('to_decide', "
            "'parked') OR (NEW.status = "
            "'refused' AND NEW.decided_at IS "
            "NULL)) AND NOT EXISTS (SELECT 1 "
            "FROM tasks WHERE tasks.id = "
            "NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') THEN "
            "RAISE EXCEPTION 'a message that "
            "waits has an open task of its "
            "own' USING ERRCODE = '23514'; "
            "END IF; RETURN NEW; END $$",
            "CREATE TRIGGER "
            "messages_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON messages FOR "
            "EACH ROW EXECUTE FUNCTION "
            "messages_wait_with_an_open_task_on_update()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "messages_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON messages FOR EACH "
            "ROW WHEN (NEW.status IN "
            "('to_decide', 'parked') OR "
            "(NEW.status = 'refused' AND "
            "NEW.decided_at IS NULL)) AND NOT "
            "EXISTS (SELECT 1 FROM tasks WHERE "
            "tasks.id = NEW.task_id AND "
            "tasks.subject_id = NEW.id AND "
            "tasks.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'a message that waits "
            "has an open task of its own'); "
            "END"
        ],
    },
    "replace_no_alerts": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_alerts BEFORE INSERT ON alerts "
            "FOR EACH ROW WHEN EXISTS (SELECT 1 FROM alerts WHERE "
            "(alerts.id = NEW.id)) OR EXISTS (SELECT 1 FROM alerts WHERE "
            "(alerts.task_id = NEW.task_id AND alerts.due_at = "
            "NEW.due_at AND alerts.round = NEW.round AND alerts.rung = "
            "NEW.rung AND alerts.audience = NEW.audience)) OR EXISTS "
            "(SELECT 1 FROM alerts WHERE (alerts.rowid = NEW.rowid)) "
            "BEGIN SELECT RAISE(IGNORE); END"
        ],
    },
    "replace_no_appointments": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_appointments BEFORE INSERT "
            "ON appointments FOR EACH ROW WHEN EXISTS (SELECT 1 "
            "FROM appointments WHERE (appointments.id = NEW.id)) "
            "OR EXISTS (SELECT 1 FROM appointments WHERE "
            "(appointments.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of appointments are never "
            "replaced'); END"
        ],
    },
    "replace_no_audit_events": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_audit_events BEFORE INSERT "
            "ON audit_events FOR EACH ROW WHEN EXISTS (SELECT 1 "
            "FROM audit_events WHERE (audit_events.id = NEW.id)) "
            "OR EXISTS (SELECT 1 FROM audit_events WHERE "
            "(audit_events.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_events are never "
            "replaced'); END"
        ],
    },
    "replace_no_audit_subjects": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_audit_subjects BEFORE "
            "INSERT ON audit_subjects FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM audit_subjects WHERE "
            "(audit_subjects.event_id = NEW.event_id AND "
            "audit_subjects.subject_id = NEW.subject_id)) OR "
            "EXISTS (SELECT 1 FROM audit_subjects WHERE "
            "(audit_subjects.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of audit_subjects are never "
            "replaced'); END"
        ],
    },
    "replace_no_calls": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_calls BEFORE INSERT ON calls FOR "
            "EACH ROW WHEN EXISTS (SELECT 1 FROM calls WHERE (calls.id = "
            "NEW.id)) OR EXISTS (SELECT 1 FROM calls WHERE (calls.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of calls are "
            "never replaced'); END"
        ],
    },
    "replace_no_care_relations": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_care_relations BEFORE "
            "INSERT ON care_relations FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM care_relations WHERE "
            "(care_relations.id = NEW.id)) OR EXISTS (SELECT 1 "
            "FROM care_relations WHERE (care_relations.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of "
            "care_relations are never replaced'); END"
        ],
    },
    "replace_no_cases": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_cases BEFORE INSERT ON cases FOR "
            "EACH ROW WHEN EXISTS (SELECT 1 FROM cases WHERE (cases.id = "
            "NEW.id)) OR EXISTS (SELECT 1 FROM cases WHERE "
            "(cases.tenant_id = NEW.tenant_id AND cases.patient_id = "
            "NEW.patient_id AND cases.state <> 'closed' AND NEW.state <> "
            "'closed')) OR EXISTS (SELECT 1 FROM cases WHERE (cases.rowid "
            "= NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of cases are "
            "never replaced'); END"
        ],
    },
    "replace_no_closures": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_closures BEFORE INSERT ON "
            "closures FOR EACH ROW WHEN EXISTS (SELECT 1 FROM closures "
            "WHERE (closures.id = NEW.id)) OR EXISTS (SELECT 1 FROM "
            "closures WHERE (closures.case_id = NEW.case_id AND "
            "closures.number = NEW.number)) OR EXISTS (SELECT 1 FROM "
            "closures WHERE (closures.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of closures are never replaced'); "
            "END"
        ],
    },
    "replace_no_contacts": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_contacts BEFORE INSERT ON "
            "contacts FOR EACH ROW WHEN EXISTS (SELECT 1 FROM contacts "
            "WHERE (contacts.id = NEW.id)) OR EXISTS (SELECT 1 FROM "
            "contacts WHERE (contacts.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of contacts are never replaced'); "
            "END"
        ],
    },
    "replace_no_data_keys": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_data_keys BEFORE INSERT ON "
            "data_keys FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "data_keys WHERE (data_keys.subject_id = NEW.subject_id "
            "AND data_keys.version = NEW.version)) OR EXISTS (SELECT "
            "1 FROM data_keys WHERE (data_keys.rowid = NEW.rowid)) "
            "BEGIN SELECT RAISE(ABORT, 'rows of data_keys are never "
            "replaced'); END"
        ],
    },
    "replace_no_deliveries": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_deliveries BEFORE INSERT ON "
            "deliveries FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "deliveries WHERE (deliveries.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM deliveries WHERE (deliveries.alert_id = "
            "NEW.alert_id AND deliveries.member_id = NEW.member_id "
            "AND deliveries.channel = NEW.channel)) OR EXISTS "
            "(SELECT 1 FROM deliveries WHERE (deliveries.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(IGNORE); END"
        ],
    },
    "replace_no_discharge_list_lines": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER "
            "replace_no_discharge_list_lines BEFORE INSERT "
            "ON discharge_list_lines FOR EACH ROW WHEN "
            "EXISTS (SELECT 1 FROM discharge_list_lines "
            "WHERE (discharge_list_lines.id = NEW.id)) OR "
            "EXISTS (SELECT 1 FROM discharge_list_lines "
            "WHERE (discharge_list_lines.list_id = "
            "NEW.list_id AND discharge_list_lines.number = "
            "NEW.number)) OR EXISTS (SELECT 1 FROM "
            "discharge_list_lines WHERE "
            "(discharge_list_lines.rowid = NEW.rowid)) "
            "BEGIN SELECT RAISE(ABORT, 'rows of "
            "discharge_list_lines are never replaced'); "
            "END"
        ],
    },
    "replace_no_discharge_lists": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_discharge_lists BEFORE "
            "INSERT ON discharge_lists FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM discharge_lists WHERE "
            "(discharge_lists.id = NEW.id)) OR EXISTS (SELECT 1 "
            "FROM discharge_lists WHERE (discharge_lists.rowid "
            "= NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of "
            "discharge_lists are never replaced'); END"
        ],
    },
    "replace_no_document_recipients": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_document_recipients "
            "BEFORE INSERT ON document_recipients FOR EACH "
            "ROW WHEN EXISTS (SELECT 1 FROM "
            "document_recipients WHERE "
            "(document_recipients.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM document_recipients WHERE "
            "(document_recipients.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of "
            "document_recipients are never replaced'); "
            "END"
        ],
    },
    "replace_no_documents": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_documents BEFORE INSERT ON "
            "documents FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "documents WHERE (documents.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM documents WHERE (documents.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of documents "
            "are never replaced'); END"
        ],
    },
    "replace_no_epj_marks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_epj_marks BEFORE INSERT ON "
            "epj_marks FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "epj_marks WHERE (epj_marks.event_id = NEW.event_id)) OR "
            "EXISTS (SELECT 1 FROM epj_marks WHERE (epj_marks.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of epj_marks "
            "are never replaced'); END"
        ],
    },
    "replace_no_events": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_events BEFORE INSERT ON events "
            "FOR EACH ROW WHEN EXISTS (SELECT 1 FROM events WHERE "
            "(events.id = NEW.id)) OR EXISTS (SELECT 1 FROM events WHERE "
            "(events.rowid = NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows "
            "of events are never replaced'); END"
        ],
    },
    "replace_no_families": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_families BEFORE INSERT ON "
            "families FOR EACH ROW WHEN EXISTS (SELECT 1 FROM families "
            "WHERE (families.patient_id = NEW.patient_id)) OR EXISTS "
            "(SELECT 1 FROM families WHERE (families.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of families "
            "are never replaced'); END"
        ],
    },
    "replace_no_handover_packages": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_handover_packages "
            "BEFORE INSERT ON handover_packages FOR EACH ROW "
            "WHEN EXISTS (SELECT 1 FROM handover_packages "
            "WHERE (handover_packages.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM handover_packages WHERE "
            "(handover_packages.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of handover_packages "
            "are never replaced'); END"
        ],
    },
    "replace_no_handovers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_handovers BEFORE INSERT ON "
            "handovers FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "handovers WHERE (handovers.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM handovers WHERE (handovers.case_id = "
            "NEW.case_id AND handovers.state IN ('sent', 'received') "
            "AND NEW.state IN ('sent', 'received'))) OR EXISTS "
            "(SELECT 1 FROM handovers WHERE (handovers.package_id = "
            "NEW.package_id)) OR EXISTS (SELECT 1 FROM handovers "
            "WHERE (handovers.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of handovers are never replaced'); "
            "END"
        ],
    },
    "replace_no_key_checks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_key_checks BEFORE INSERT ON "
            "key_checks FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "key_checks WHERE (key_checks.tenant_id = NEW.tenant_id "
            "AND key_checks.version = NEW.version)) OR EXISTS "
            "(SELECT 1 FROM key_checks WHERE (key_checks.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(IGNORE); END"
        ],
    },
    "replace_no_messages": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_messages BEFORE INSERT ON "
            "messages FOR EACH ROW WHEN EXISTS (SELECT 1 FROM messages "
            "WHERE (messages.id = NEW.id)) OR EXISTS (SELECT 1 FROM "
            "messages WHERE (messages.tenant_id = NEW.tenant_id AND "
            "messages.fingerprint = NEW.fingerprint AND messages.again "
            "= NEW.again)) OR EXISTS (SELECT 1 FROM messages WHERE "
            "(messages.rowid = NEW.rowid)) BEGIN SELECT RAISE(ABORT, "
            "'rows of messages are never replaced'); END"
        ],
    },
    "replace_no_outside_receivers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_outside_receivers "
            "BEFORE INSERT ON outside_receivers FOR EACH ROW "
            "WHEN EXISTS (SELECT 1 FROM outside_receivers "
            "WHERE (outside_receivers.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM outside_receivers WHERE "
            "(outside_receivers.tenant_id = NEW.tenant_id AND "
            "outside_receivers.organisation = "
            "NEW.organisation AND outside_receivers.unit = "
            "NEW.unit)) OR EXISTS (SELECT 1 FROM "
            "outside_receivers WHERE (outside_receivers.rowid "
            "= NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of "
            "outside_receivers are never replaced'); END"
        ],
    },
    "replace_no_patients": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_patients BEFORE INSERT ON "
            "patients FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patients "
            "WHERE (patients.id = NEW.id)) OR EXISTS (SELECT 1 FROM "
            "patients WHERE (patients.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of patients are never replaced'); "
            "END"
        ],
    },
    "replace_no_plan_versions": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_plan_versions BEFORE "
            "INSERT ON plan_versions FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM plan_versions WHERE (plan_versions.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM plan_versions "
            "WHERE (plan_versions.case_id = NEW.case_id AND "
            "plan_versions.number = NEW.number)) OR EXISTS "
            "(SELECT 1 FROM plan_versions WHERE "
            "(plan_versions.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of plan_versions are never "
            "replaced'); END"
        ],
    },
    "replace_no_relatives": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_relatives BEFORE INSERT ON "
            "relatives FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "relatives WHERE (relatives.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM relatives WHERE (relatives.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of relatives "
            "are never replaced'); END"
        ],
    },
    "replace_no_restricted_entries": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_restricted_entries "
            "BEFORE INSERT ON restricted_entries FOR EACH "
            "ROW WHEN EXISTS (SELECT 1 FROM "
            "restricted_entries WHERE (restricted_entries.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM "
            "restricted_entries WHERE "
            "(restricted_entries.record_id = NEW.record_id "
            "AND restricted_entries.number = NEW.number)) OR "
            "EXISTS (SELECT 1 FROM restricted_entries WHERE "
            "(restricted_entries.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_entries "
            "are never replaced'); END"
        ],
    },
    "replace_no_restricted_readers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_restricted_readers "
            "BEFORE INSERT ON restricted_readers FOR EACH "
            "ROW WHEN EXISTS (SELECT 1 FROM "
            "restricted_readers WHERE (restricted_readers.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM "
            "restricted_readers WHERE "
            "(restricted_readers.record_id = NEW.record_id "
            "AND restricted_readers.member_id = "
            "NEW.member_id AND restricted_readers.ended_at "
            "IS NULL AND NEW.ended_at IS NULL)) OR EXISTS "
            "(SELECT 1 FROM restricted_readers WHERE "
            "(restricted_readers.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_readers "
            "are never replaced'); END"
        ],
    },
    "replace_no_restricted_records": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_restricted_records "
            "BEFORE INSERT ON restricted_records FOR EACH "
            "ROW WHEN EXISTS (SELECT 1 FROM "
            "restricted_records WHERE (restricted_records.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM "
            "restricted_records WHERE "
            "(restricted_records.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of restricted_records "
            "are never replaced'); END"
        ],
    },
    "replace_no_rollcalls": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_rollcalls BEFORE INSERT ON "
            "rollcalls FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "rollcalls WHERE (rollcalls.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM rollcalls WHERE (rollcalls.rowid = "
            "NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'rows of rollcalls "
            "are never replaced'); END"
        ],
    },
    "replace_no_takeover_decisions": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_takeover_decisions "
            "BEFORE INSERT ON takeover_decisions FOR EACH "
            "ROW WHEN EXISTS (SELECT 1 FROM "
            "takeover_decisions WHERE (takeover_decisions.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM "
            "takeover_decisions WHERE "
            "(takeover_decisions.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of takeover_decisions "
            "are never replaced'); END"
        ],
    },
    "replace_no_takeover_reopened": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_takeover_reopened "
            "BEFORE INSERT ON takeover_reopened FOR EACH ROW "
            "WHEN EXISTS (SELECT 1 FROM takeover_reopened "
            "WHERE (takeover_reopened.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM takeover_reopened WHERE "
            "(takeover_reopened.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of takeover_reopened "
            "are never replaced'); END"
        ],
    },
    "replace_no_takeover_rows": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_takeover_rows BEFORE "
            "INSERT ON takeover_rows FOR EACH ROW WHEN EXISTS "
            "(SELECT 1 FROM takeover_rows WHERE (takeover_rows.id "
            "= NEW.id)) OR EXISTS (SELECT 1 FROM takeover_rows "
            "WHERE (takeover_rows.takeover_id = NEW.takeover_id "
            "AND takeover_rows.number = NEW.number)) OR EXISTS "
            "(SELECT 1 FROM takeover_rows WHERE "
            "(takeover_rows.rowid = NEW.rowid)) BEGIN SELECT "
            "RAISE(ABORT, 'rows of takeover_rows are never "
            "replaced'); END"
        ],
    },
    "replace_no_takeovers": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_takeovers BEFORE INSERT ON "
            "takeovers FOR EACH ROW WHEN EXISTS (SELECT 1 FROM "
            "takeovers WHERE (takeovers.id = NEW.id)) OR EXISTS "
            "(SELECT 1 FROM takeovers WHERE (takeovers.tenant_id = "
            "NEW.tenant_id AND takeovers.fingerprint = "
            "NEW.fingerprint AND takeovers.state <> 'undone' AND "
            "NEW.state <> 'undone')) OR EXISTS (SELECT 1 FROM "
            "takeovers WHERE (takeovers.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of takeovers are never "
            "replaced'); END"
        ],
    },
    "replace_no_tasks": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER replace_no_tasks BEFORE INSERT ON tasks FOR "
            "EACH ROW WHEN EXISTS (SELECT 1 FROM tasks WHERE (tasks.id = "
            "NEW.id)) OR EXISTS (SELECT 1 FROM tasks WHERE (tasks.case_id "
            "= NEW.case_id AND tasks.step_key = NEW.step_key AND "
            "tasks.anchor_event_id = NEW.anchor_event_id)) OR EXISTS "
            "(SELECT 1 FROM tasks WHERE (tasks.subject_id = "
            "NEW.subject_id AND tasks.step_key = NEW.step_key)) OR EXISTS "
            "(SELECT 1 FROM tasks WHERE (tasks.rowid = NEW.rowid)) BEGIN "
            "SELECT RAISE(ABORT, 'rows of tasks are never replaced'); "
            "END"
        ],
    },
    "restricted_readers_only_end": {
        "postgresql": [
            "CREATE FUNCTION restricted_readers_only_end() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF OLD.ended_at IS NOT NULL OR NEW.id <> "
            "OLD.id OR NEW.tenant_id <> OLD.tenant_id OR "
            "NEW.record_id <> OLD.record_id OR "
            "NEW.member_id <> OLD.member_id OR "
            "NEW.named_at <> OLD.named_at OR NEW.named_by "
            "<> OLD.named_by THEN RAISE EXCEPTION 'who was "
            "named stands as it was: it ends once' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER restricted_readers_only_end "
            "BEFORE UPDATE ON restricted_readers FOR EACH "
            "ROW EXECUTE FUNCTION "
            "restricted_readers_only_end()",
        ],
        "sqlite": [
            "CREATE TRIGGER restricted_readers_only_end BEFORE "
            "UPDATE ON restricted_readers FOR EACH ROW WHEN "
            "OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR "
            "NEW.tenant_id <> OLD.tenant_id OR NEW.record_id "
            "<> OLD.record_id OR NEW.member_id <> "
            "OLD.member_id OR NEW.named_at <> OLD.named_at OR "
            "NEW.named_by <> OLD.named_by BEGIN SELECT "
            "RAISE(ABORT, 'who was named stands as it was: it "
            "ends once'); END"
        ],
    },
    "rollcalls_only_read": {
        "postgresql": [
            "CREATE FUNCTION rollcalls_only_read() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF OLD.read_at IS NOT "
            "NULL OR NEW.read_at IS NULL OR NEW.id <> OLD.id OR "
            "NEW.tenant_id <> OLD.tenant_id OR NEW.at <> OLD.at OR "
            "NEW.kind <> OLD.kind OR NEW.numbers <> OLD.numbers OR "
            "NEW.remainder <> OLD.remainder OR NEW.swept_at IS "
            "DISTINCT FROM OLD.swept_at THEN RAISE EXCEPTION 'a "
            "roll call is never changed: it is read and signed "
            "once' USING ERRCODE = '23514'; END IF; RETURN NEW; "
            "END $$",
            "CREATE TRIGGER rollcalls_only_read BEFORE UPDATE ON "
            "rollcalls FOR EACH ROW EXECUTE FUNCTION "
            "rollcalls_only_read()",
        ],
        "sqlite": [
            "CREATE TRIGGER rollcalls_only_read BEFORE UPDATE ON "
            "rollcalls FOR EACH ROW WHEN OLD.read_at IS NOT NULL OR "
            "NEW.read_at IS NULL OR NEW.id <> OLD.id OR NEW.tenant_id "
            "<> OLD.tenant_id OR NEW.at <> OLD.at OR NEW.kind <> "
            "OLD.kind OR NEW.numbers <> OLD.numbers OR NEW.remainder "
            "<> OLD.remainder OR NEW.swept_at IS DISTINCT FROM "
            "OLD.swept_at BEGIN SELECT RAISE(ABORT, 'a roll call is "
            "never changed: it is read and signed once'); END"
        ],
    },
    "takeover_reopened_is_owed": {
        "postgresql": [
            "CREATE FUNCTION takeover_reopened_is_owed() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "EXISTS (SELECT 1 FROM takeovers k WHERE k.id = "
            "NEW.takeover_id AND k.state = 'signed') AND NOT "
            "EXISTS (SELECT 1 FROM tasks t WHERE t.id = "
            "NEW.task_id AND t.subject_id = NEW.takeover_id "
            "AND t.state = 'open') THEN RAISE EXCEPTION 'a "
            "row of a signed take-over that waits anew has "
            "an open task' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER takeover_reopened_is_owed BEFORE "
            "INSERT ON takeover_reopened FOR EACH ROW "
            "EXECUTE FUNCTION takeover_reopened_is_owed()",
        ],
        "sqlite": [
            "CREATE TRIGGER takeover_reopened_is_owed BEFORE "
            "INSERT ON takeover_reopened FOR EACH ROW WHEN "
            "EXISTS (SELECT 1 FROM takeovers k WHERE k.id = "
            "NEW.takeover_id AND k.state = 'signed') AND NOT "
            "EXISTS (SELECT 1 FROM tasks t WHERE t.id = "
            "NEW.task_id AND t.subject_id = NEW.takeover_id AND "
            "t.state = 'open') BEGIN SELECT RAISE(ABORT, 'a row "
            "of a signed take-over that waits anew has an open "
            "task'); END"
        ],
    },
    "takeovers_add_up": {
        "postgresql": [
            "CREATE FUNCTION takeovers_add_up() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN IF NEW.rows_in <> NEW.taken "
            "+ NEW.refused THEN RAISE EXCEPTION 'rows in are those "
            "that were taken and those that were refused' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER takeovers_add_up BEFORE INSERT ON "
            "takeovers FOR EACH ROW EXECUTE FUNCTION "
            "takeovers_add_up()",
        ],
        "sqlite": [
            "CREATE TRIGGER takeovers_add_up BEFORE INSERT ON takeovers "
            "FOR EACH ROW WHEN NEW.rows_in <> NEW.taken + NEW.refused "
            "BEGIN SELECT RAISE(ABORT, 'rows in are those that were taken "
            "and those that were refused'); END"
        ],
    },
    "takeovers_owe_what_they_refused": {
        "postgresql": [
            "CREATE FUNCTION "
            "takeovers_owe_what_they_refused() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "NEW.state = 'signed' AND EXISTS (SELECT 1 "
            "FROM takeover_rows r WHERE r.takeover_id "
            "= NEW.id AND (r.owed OR EXISTS (SELECT 1 "
            "FROM takeover_reopened g WHERE g.id = "
            "r.id)) AND NOT EXISTS (SELECT 1 FROM "
            "takeover_decisions d WHERE d.id = r.id)) "
            "AND NOT EXISTS (SELECT 1 FROM tasks t "
            "WHERE t.id = NEW.refused_task_id AND "
            "t.subject_id = NEW.id AND t.state = "
            "'open') THEN RAISE EXCEPTION 'the refused "
            "rows of a signed take-over have an open "
            "task' USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER "
            "takeovers_owe_what_they_refused BEFORE "
            "UPDATE ON takeovers FOR EACH ROW EXECUTE "
            "FUNCTION "
            "takeovers_owe_what_they_refused()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "takeovers_owe_what_they_refused BEFORE UPDATE "
            "ON takeovers FOR EACH ROW WHEN NEW.state = "
            "'signed' AND EXISTS (SELECT 1 FROM "
            "takeover_rows r WHERE r.takeover_id = NEW.id "
            "AND (r.owed OR EXISTS (SELECT 1 FROM "
            "takeover_reopened g WHERE g.id = r.id)) AND "
            "NOT EXISTS (SELECT 1 FROM takeover_decisions "
            "d WHERE d.id = r.id)) AND NOT EXISTS (SELECT "
            "1 FROM tasks t WHERE t.id = "
            "NEW.refused_task_id AND t.subject_id = NEW.id "
            "AND t.state = 'open') BEGIN SELECT "
            "RAISE(ABORT, 'the refused rows of a signed "
            "take-over have an open task'); END"
        ],
    },
    "takeovers_stay_what_they_are": {
        "postgresql": [
            "CREATE FUNCTION "
            "takeovers_stay_what_they_are() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "NEW.id <> OLD.id OR NEW.tenant_id <> "
            "OLD.tenant_id OR NEW.team_id <> OLD.team_id "
            "OR NEW.fingerprint <> OLD.fingerprint OR "
            "NEW.rows_in <> OLD.rows_in OR NEW.taken <> "
            "OLD.taken OR NEW.refused <> OLD.refused OR "
            "NEW.taken_at <> OLD.taken_at OR OLD.state <> "
            "'unsigned' THEN RAISE EXCEPTION 'a take-over "
            "is signed or undone once, and stays what it "
            "was' USING ERRCODE = '23514'; END IF; RETURN "
            "NEW; END $$",
            "CREATE TRIGGER takeovers_stay_what_they_are "
            "BEFORE UPDATE ON takeovers FOR EACH ROW "
            "EXECUTE FUNCTION "
            "takeovers_stay_what_they_are()",
        ],
        "sqlite": [
            "CREATE TRIGGER takeovers_stay_what_they_are "
            "BEFORE UPDATE ON takeovers FOR EACH ROW WHEN "
            "NEW.id <> OLD.id OR NEW.tenant_id <> "
            "OLD.tenant_id OR NEW.team_id <> OLD.team_id OR "
            "NEW.fingerprint <> OLD.fingerprint OR "
            "NEW.rows_in <> OLD.rows_in OR NEW.taken <> "
            "OLD.taken OR NEW.refused <> OLD.refused OR "
            "NEW.taken_at <> OLD.taken_at OR OLD.state <> "
            "'unsigned' BEGIN SELECT RAISE(ABORT, 'a "
            "take-over is signed or undone once, and stays "
            "what it was'); END"
        ],
    },
    "takeovers_wait_with_an_open_task_on_insert": {
        "postgresql": [
            "CREATE FUNCTION "
            "takeovers_wait_with_an_open_task_on_insert() "
            "RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF "
            "NEW.state = 'unsigned' AND NOT "
            "EXISTS (SELECT 1 FROM tasks "
            "WHERE tasks.id = NEW.task_id "
            "AND tasks.subject_id = NEW.id "
            "AND tasks.state = 'open') THEN "
            "RAISE EXCEPTION 'a take-over "
            "that nobody has signed has an "
            "open task of its own' USING "
            "ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER "
            "takeovers_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON takeovers FOR "
            "EACH ROW EXECUTE FUNCTION "
            "takeovers_wait_with_an_open_task_on_insert()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "takeovers_wait_with_an_open_task_on_insert "
            "BEFORE INSERT ON takeovers FOR "
            "EACH ROW WHEN NEW.state = "
            "'unsigned' AND NOT EXISTS (SELECT "
            "1 FROM tasks WHERE tasks.id = "
            "NEW.task_id AND tasks.subject_id = "
            "NEW.id AND tasks.state = 'open') "
            "BEGIN SELECT RAISE(ABORT, 'a "
            "take-over that nobody has signed "
            "has an open task of its own'); "
            "END"
        ],
    },
    "takeovers_wait_with_an_open_task_on_update": {
        "postgresql": [
            "CREATE FUNCTION "
            "takeovers_wait_with_an_open_task_on_update() "
            "RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF "
            "NEW.state = 'unsigned' AND NOT "
            "EXISTS (SELECT 1 FROM tasks "
            "WHERE tasks.id = NEW.task_id "
            "AND tasks.subject_id = NEW.id "
            "AND tasks.state = 'open') THEN "
            "RAISE EXCEPTION 'a take-over "
            "that nobody has signed has an "
            "open task of its own' USING "
            "ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER "
            "takeovers_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON takeovers FOR "
            "EACH ROW EXECUTE FUNCTION "
            "takeovers_wait_with_an_open_task_on_update()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "takeovers_wait_with_an_open_task_on_update "
            "BEFORE UPDATE ON takeovers FOR "
            "EACH ROW WHEN NEW.state = "
            "'unsigned' AND NOT EXISTS (SELECT "
            "1 FROM tasks WHERE tasks.id = "
            "NEW.task_id AND tasks.subject_id = "
            "NEW.id AND tasks.state = 'open') "
            "BEGIN SELECT RAISE(ABORT, 'a "
            "take-over that nobody has signed "
            "has an open task of its own'); "
            "END"
        ],
    },
    "tasks_have_a_team_on_insert": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER tasks_have_a_team_on_insert BEFORE "
            "INSERT ON tasks FOR EACH ROW WHEN NOT EXISTS "
            "(SELECT 1 FROM teams WHERE teams.id = "
            "NEW.owner_team_id) BEGIN SELECT RAISE(ABORT, 'a "
            "task is owed by a team that there is'); END"
        ],
    },
    "tasks_have_a_team_on_update": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER tasks_have_a_team_on_update BEFORE "
            "UPDATE OF owner_team_id ON tasks FOR EACH ROW "
            "WHEN NOT EXISTS (SELECT 1 FROM teams WHERE "
            "teams.id = NEW.owner_team_id) BEGIN SELECT "
            "RAISE(ABORT, 'a task is owed by a team that there "
            "is'); END"
        ],
    },
    "tasks_only_task_stays_open": {
        "postgresql": [],
        "sqlite": [
            "CREATE TRIGGER tasks_only_task_stays_open BEFORE "
            "UPDATE ON tasks FOR EACH ROW WHEN OLD.state = "
            "'open' AND NEW.state <> 'open' AND EXISTS (SELECT "
            "1 FROM cases WHERE cases.id = OLD.case_id AND "
            "cases.next_task_id = OLD.id AND cases.state <> "
            "'closed') BEGIN SELECT RAISE(ABORT, 'an open case "
            "keeps an open task: write the next task and the "
            "pointer first'); END"
        ],
    },
    "tasks_stay_while_a_call_waits": {
        "postgresql": [
            "CREATE FUNCTION "
            "tasks_stay_while_a_call_waits() RETURNS "
            "trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "OLD.state = 'open' AND NEW.state <> 'open' "
            "AND EXISTS (SELECT 1 FROM calls WHERE "
            "calls.task_id = OLD.id AND calls.ended_at "
            "IS NULL) THEN RAISE EXCEPTION 'a call ends "
            "only with what was done: answer it first' "
            "USING ERRCODE = '23514'; END IF; RETURN "
            "NEW; END $$",
            "CREATE TRIGGER "
            "tasks_stay_while_a_call_waits BEFORE UPDATE "
            "ON tasks FOR EACH ROW EXECUTE FUNCTION "
            "tasks_stay_while_a_call_waits()",
        ],
        "sqlite": [
            "CREATE TRIGGER tasks_stay_while_a_call_waits "
            "BEFORE UPDATE ON tasks FOR EACH ROW WHEN "
            "OLD.state = 'open' AND NEW.state <> 'open' AND "
            "EXISTS (SELECT 1 FROM calls WHERE calls.task_id "
            "= OLD.id AND calls.ended_at IS NULL) BEGIN "
            "SELECT RAISE(ABORT, 'a call ends only with what "
            "was done: answer it first'); END"
        ],
    },
    "tasks_stay_while_a_message_waits": {
        "postgresql": [
            "CREATE FUNCTION "
            "tasks_stay_while_a_message_waits() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN IF OLD.state = 'open' AND "
            "NEW.state <> 'open' AND EXISTS (SELECT 1 "
            "FROM messages WHERE messages.task_id = "
            "OLD.id AND (messages.status IN "
            "('to_decide', 'parked') OR "
            "(messages.status = 'refused' AND "
            "messages.decided_at IS NULL))) THEN "
            "RAISE EXCEPTION 'a message still waits "
            "for an answer: decide it first' USING "
            "ERRCODE = '23514'; END IF; RETURN NEW; "
            "END $$",
            "CREATE TRIGGER "
            "tasks_stay_while_a_message_waits BEFORE "
            "UPDATE ON tasks FOR EACH ROW EXECUTE "
            "FUNCTION "
            "tasks_stay_while_a_message_waits()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "tasks_stay_while_a_message_waits BEFORE "
            "UPDATE ON tasks FOR EACH ROW WHEN OLD.state "
            "= 'open' AND NEW.state <> 'open' AND EXISTS "
            "(SELECT 1 FROM messages WHERE "
            "messages.task_id = OLD.id AND "
            "(messages.status IN ('to_decide', 'parked') "
            "OR (messages.status = 'refused' AND "
            "messages.decided_at IS NULL))) BEGIN SELECT "
            "RAISE(ABORT, 'a message still waits for an "
            "answer: decide it first'); END"
        ],
    },
    "tasks_stay_while_a_takeover_waits": {
        "postgresql": [
            "CREATE FUNCTION "
            "tasks_stay_while_a_takeover_waits() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN IF OLD.state = 'open' AND "
            "NEW.state <> 'open' AND EXISTS (SELECT "
            "1 FROM takeovers WHERE "
            "takeovers.task_id = OLD.id AND "
            "takeovers.state = 'unsigned') THEN "
            "RAISE EXCEPTION 'a take-over waits for "
            "a signature: sign or undo it first' "
            "USING ERRCODE = '23514'; END IF; RETURN "
            "NEW; END $$",
            "CREATE TRIGGER "
            "tasks_stay_while_a_takeover_waits "
            "BEFORE UPDATE ON tasks FOR EACH ROW "
            "EXECUTE FUNCTION "
            "tasks_stay_while_a_takeover_waits()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "tasks_stay_while_a_takeover_waits BEFORE "
            "UPDATE ON tasks FOR EACH ROW WHEN OLD.state "
            "= 'open' AND NEW.state <> 'open' AND EXISTS "
            "(SELECT 1 FROM takeovers WHERE "
            "takeovers.task_id = OLD.id AND "
            "takeovers.state = 'unsigned') BEGIN SELECT "
            "RAISE(ABORT, 'a take-over waits for a "
            "signature: sign or undo it first'); END"
        ],
    },
    "tasks_stay_while_refused_rows_wait": {
        "postgresql": [
            "CREATE FUNCTION "
            "tasks_stay_while_refused_rows_wait() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN IF OLD.state = 'open' AND "
            "NEW.state <> 'open' AND EXISTS (SELECT "
            "1 FROM takeovers k WHERE "
            "k.refused_task_id = OLD.id AND EXISTS "
            "(SELECT 1 FROM takeover_rows r WHERE "
            "r.takeover_id = k.id AND (r.owed OR "
            "EXISTS (SELECT 1 FROM "
            "takeover_reopened g WHERE g.id = "
            "r.id)) AND NOT EXISTS (SELECT 1 FROM "
            "takeover_decisions d WHERE d.id = "
            "r.id))) THEN RAISE EXCEPTION 'refused "
            "rows of a take-over wait for a "
            "decision: decide each of them first' "
            "USING ERRCODE = '23514'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER "
            "tasks_stay_while_refused_rows_wait "
            "BEFORE UPDATE ON tasks FOR EACH ROW "
            "EXECUTE FUNCTION "
            "tasks_stay_while_refused_rows_wait()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "tasks_stay_while_refused_rows_wait BEFORE "
            "UPDATE ON tasks FOR EACH ROW WHEN "
            "OLD.state = 'open' AND NEW.state <> 'open' "
            "AND EXISTS (SELECT 1 FROM takeovers k "
            "WHERE k.refused_task_id = OLD.id AND "
            "EXISTS (SELECT 1 FROM takeover_rows r "
            "WHERE r.takeover_id = k.id AND (r.owed OR "
            "EXISTS (SELECT 1 FROM takeover_reopened g "
            "WHERE g.id = r.id)) AND NOT EXISTS (SELECT "
            "1 FROM takeover_decisions d WHERE d.id = "
            "r.id))) BEGIN SELECT RAISE(ABORT, 'refused "
            "rows of a take-over wait for a decision: "
            "decide each of them first'); END"
        ],
    },
    "tasks_stay_while_reopened_rows_wait": {
        "postgresql": [
            "CREATE FUNCTION "
            "tasks_stay_while_reopened_rows_wait() "
            "RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF OLD.state = 'open' AND "
            "NEW.state <> 'open' AND EXISTS "
            "(SELECT 1 FROM takeover_reopened g "
            "WHERE g.task_id = OLD.id AND NOT "
            "EXISTS (SELECT 1 FROM "
            "takeover_decisions d WHERE d.id = "
            "g.id)) THEN RAISE EXCEPTION 'rows of "
            "a take-over wait anew for a decision: "
            "decide each of them first' USING "
            "ERRCODE = '23514'; END IF; RETURN "
            "NEW; END $$",
            "CREATE TRIGGER "
            "tasks_stay_while_reopened_rows_wait "
            "BEFORE UPDATE ON tasks FOR EACH ROW "
            "EXECUTE FUNCTION "
            "tasks_stay_while_reopened_rows_wait()",
        ],
        "sqlite": [
            "CREATE TRIGGER "
            "tasks_stay_while_reopened_rows_wait "
            "BEFORE UPDATE ON tasks FOR EACH ROW WHEN "
            "OLD.state = 'open' AND NEW.state <> "
            "'open' AND EXISTS (SELECT 1 FROM "
            "takeover_reopened g WHERE g.task_id = "
            "OLD.id AND NOT EXISTS (SELECT 1 FROM "
            "takeover_decisions d WHERE d.id = g.id)) "
            "BEGIN SELECT RAISE(ABORT, 'rows of a "
            "take-over wait anew for a decision: "
            "decide each of them first'); END"
        ],
    },
    "tasks_stay_with_their_case": {
        "postgresql": [
            "CREATE FUNCTION tasks_stay_with_their_case() "
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.case_id IS DISTINCT FROM OLD.case_id OR "
            "NEW.id <> OLD.id OR NEW.subject_id IS DISTINCT "
            "FROM OLD.subject_id THEN RAISE EXCEPTION 'a "
            "task stays with its case' USING ERRCODE = "
            "'23514'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER tasks_stay_with_their_case "
            "BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE "
            "FUNCTION tasks_stay_with_their_case()",
        ],
        "sqlite": [
            "CREATE TRIGGER tasks_stay_with_their_case BEFORE "
            "UPDATE ON tasks FOR EACH ROW WHEN NEW.case_id IS "
            "DISTINCT FROM OLD.case_id OR NEW.id <> OLD.id OR "
            "NEW.subject_id IS DISTINCT FROM OLD.subject_id "
            "BEGIN SELECT RAISE(ABORT, 'a task stays with its "
            "case'); END"
        ],
    },
}


def upgrade() -> None:
    pieces.drop_guards(GUARDS_DROPPED)
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("facts", pieces.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_tenant_at", "audit_events", ["tenant_id", "at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(
        "ix_callbacks_waiting",
        "callbacks",
        ["channel", "attempts", "at"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "data_keys",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'destroyed') = (wrapped IS NULL)", name=op.f("ck_data_keys_destroyed_is_gone")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'retired', 'destroyed')", name=op.f("ck_data_keys_state")
        ),
        sa.PrimaryKeyConstraint("subject_id", "version", name=op.f("pk_data_keys")),
    )
    op.create_index(
        "ix_data_keys_tenant_version",
        "data_keys",
        ["tenant_id", "tenant_key_version"],
        unique=False,
    )
    op.create_table(
        "faults",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faults")),
        sa.UniqueConstraint("source", "code", name="uq_faults_once"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        pieces.sealed("idempotency_keys", "answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("tenant_id", "scope", name="uq_idempotency_keys_scope"),
    )
    op.create_index("ix_idempotency_keys_made_at", "idempotency_keys", ["made_at"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "environment IN ('production', 'test', 'training', 'demo')",
            name=op.f("ck_installation_environment"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "key_checks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "version", name=op.f("pk_key_checks")),
    )
    op.create_table(
        "kept_words",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", pieces.JSON, nullable=False),
        sa.PrimaryKeyConstraint("what", "key", name=op.f("pk_kept_words")),
    )
    op.create_table(
        "login_tries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_tries")),
    )
    op.create_table(
        "seen_versions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seen_versions")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("intake_team_id", sa.Uuid(), nullable=True),
        sa.Column("settings", pieces.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("key", name=op.f("uq_tenants_key")),
    )
    op.create_table(
        "audit_subjects",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_events.id"], name=op.f("fk_audit_subjects_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "subject_id", name=op.f("pk_audit_subjects")),
    )
    op.create_index(
        "ix_audit_subjects_subject", "audit_subjects", ["subject_id", "event_id"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_members_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_members_tenant_id_login")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_organisations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_organisations_tenant_id_key")),
    )
    op.create_table(
        "outside_receivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("orgnr", sa.Text(), nullable=False),
        sa.Column("her_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "organisation <> '' AND phone <> ''", name=op.f("ck_outside_receivers_can_be_asked")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_outside_receivers_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_receivers")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation",
            "unit",
            name=op.f("uq_outside_receivers_tenant_id_organisation_unit"),
        ),
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("contact_ways", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        pieces.sealed("patients", "contact_ways"),
        pieces.sealed("patients", "identity"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_patients_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
    )
    op.create_index("ix_patients_tenant_id", "patients", ["tenant_id", "id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", pieces.JSON, nullable=False),
        sa.Column("content", pieces.JSON, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reports_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_reports")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_absences_forwards")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_absences_member_id")),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["members.id"], name=op.f("fk_absences_stand_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_member_id"), "absences", ["member_id"], unique=False)
    op.create_table(
        "digests",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'leased', 'delivered', 'dead')", name=op.f("ck_digests_state")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_digests_member_id")),
        sa.PrimaryKeyConstraint("member_id", "day", name=op.f("pk_digests")),
    )
    op.create_index(
        "ix_digests_ready",
        "digests",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'leased')"),
        postgresql_where=sa.text("state IN ('ready', 'leased')"),
    )
    op.create_table(
        "discharge_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("followed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compared_by", sa.Uuid(), nullable=True),
        pieces.sealed("discharge_lists", "about"),
        sa.ForeignKeyConstraint(
            ["compared_by"], ["members.id"], name=op.f("fk_discharge_lists_compared_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_discharge_lists_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharge_lists")),
    )
    op.create_index(
        "ix_discharge_lists_tenant", "discharge_lists", ["tenant_id", "compared_at"], unique=False
    )
    op.create_table(
        "duplicate_hints",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("same", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"], ["patients.id"], name=op.f("fk_duplicate_hints_other_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_duplicate_hints_patient_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", "other_id", name=op.f("pk_duplicate_hints")),
    )
    op.create_index("ix_duplicate_hints_other", "duplicate_hints", ["other_id"], unique=False)
    op.create_table(
        "families",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        pieces.sealed("families", "family"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_families_patient_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_families")),
    )
    op.create_table(
        "grants",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_grants_member_id")),
        sa.PrimaryKeyConstraint("member_id", "role", name=op.f("pk_grants")),
    )
    op.create_table(
        "notices",
        sa.Column("fault_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_notices_fault_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_notices_member_id")),
        sa.PrimaryKeyConstraint("fault_id", "member_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_member_id"), "notices", ["member_id"], unique=False)
    op.create_table(
        "patient_lookups",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_patient_lookups_patient_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", "kind", "token", name=op.f("pk_patient_lookups")),
    )
    op.create_index(
        "ix_patient_lookups_token", "patient_lookups", ["tenant_id", "kind", "token"], unique=False
    )
    op.create_table(
        "relatives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("undecided", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        pieces.sealed("relatives", "person"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_relatives_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relatives")),
    )
    op.create_index("ix_relatives_patient", "relatives", ["patient_id"], unique=False)
    op.create_index(
        "ix_relatives_undecided",
        "relatives",
        ["id"],
        unique=False,
        sqlite_where=sa.text("undecided"),
        postgresql_where=sa.text("undecided"),
    )
    op.create_table(
        "rollcalls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("numbers", pieces.JSON, nullable=False),
        sa.Column("remainder", pieces.JSON, nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('run', 'morning')", name=op.f("ck_rollcalls_kind")),
        sa.CheckConstraint("(read_by IS NULL) = (read_at IS NULL)", name=op.f("ck_rollcalls_read")),
        sa.ForeignKeyConstraint(["read_by"], ["members.id"], name=op.f("fk_rollcalls_read_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_rollcalls_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollcalls")),
    )
    op.create_index(
        "ix_rollcalls_morning",
        "rollcalls",
        ["tenant_id", "at"],
        unique=False,
        sqlite_where=sa.text("kind = 'morning'"),
        postgresql_where=sa.text("kind = 'morning'"),
    )
    op.create_index("ix_rollcalls_tenant_at", "rollcalls", ["tenant_id", "at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_sessions_member_id")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_member_id"), "sessions", ["member_id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_teams_organisation_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_teams_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_teams_tenant_id_key")),
    )
    op.create_table(
        "tokens",
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'full')", name=op.f("ck_tokens_scope")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_tokens_member_id")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_member_id"), "tokens", ["member_id"], unique=False)
    op.create_table(
        "care_relations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('owner', 'receiver', 'participant')", name=op.f("ck_care_relations_kind")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_care_relations_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_relations")),
    )
    op.create_index("ix_care_relations_case", "care_relations", ["case_id", "until"], unique=False)
    op.create_index(
        "ix_care_relations_patient", "care_relations", ["patient_id", "until"], unique=False
    )
    op.create_index("ix_care_relations_team", "care_relations", ["team_id", "until"], unique=False)
    op.create_table(
        "closed_days",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_closed_days_team_id")),
        sa.PrimaryKeyConstraint("team_id", "day", name=op.f("pk_closed_days")),
    )
    op.create_table(
        "duty",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_duty_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_duty_team_id")),
        sa.PrimaryKeyConstraint("team_id", "member_id", "starts_at", name=op.f("pk_duty")),
    )
    op.create_index("ix_duty_ends", "duty", ["ends_at", "starts_at"], unique=False)
    op.create_index(
        "ix_duty_lent",
        "duty",
        ["member_id", "ends_at"],
        unique=False,
        sqlite_where=sa.text("kind <> 'hours'"),
        postgresql_where=sa.text("kind <> 'hours'"),
    )
    op.create_index("ix_duty_member", "duty", ["member_id", "ends_at", "starts_at"], unique=False)
    op.create_index("ix_duty_team_ends", "duty", ["team_id", "ends_at", "starts_at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('member', 'lead')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_memberships_member_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_member_id"), "memberships", ["member_id"], unique=False)
    op.create_index("ix_memberships_team", "memberships", ["team_id", "role"], unique=False)
    op.create_table(
        "on_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_on_call_forwards")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_on_call_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_on_call_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call")),
    )
    op.create_index(op.f("ix_on_call_member_id"), "on_call", ["member_id"], unique=False)
    op.create_index("ix_on_call_team", "on_call", ["team_id", "ends_at"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_opening_hours_team_id")),
        sa.PrimaryKeyConstraint("team_id", "weekday", "opens", name=op.f("pk_opening_hours")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("acute_number", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_units_organisation_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_units_team_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_units_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_units_tenant_id_key")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pathway_id", sa.Text(), nullable=False),
        sa.Column("pathway_version", sa.Text(), nullable=False),
        sa.Column("pathway_layers", sa.Text(), server_default="", nullable=False),
        sa.Column("responsible_team_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("previous_case_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_task_id", sa.Uuid(), nullable=True),
        sa.Column(
            "next_task_state",
            sa.Text(),
            sa.Computed("CASE WHEN state = 'closed' THEN NULL ELSE 'open' END", persisted=True),
            nullable=True,
        ),
        sa.Column("closure_id", sa.Uuid(), nullable=True),
        sa.Column("closing_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closure_id IS NOT NULL)", name=op.f("ck_cases_closed_is_signed")
        ),
        sa.CheckConstraint(
            "state = 'closed' OR next_task_id IS NOT NULL", name=op.f("ck_cases_open_owes")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(
            ["closure_id", "id", "closing_number"],
            ["closures.id", "closures.case_id", "closures.number"],
            name="fk_cases_closure",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["next_task_id", "id", "next_task_state"],
            ["tasks.id", "tasks.case_id", "tasks.state"],
            name="fk_cases_next_task",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_cases_patient_id")),
        sa.ForeignKeyConstraint(
            ["previous_case_id"], ["cases.id"], name=op.f("fk_cases_previous_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_team_id"], ["teams.id"], name=op.f("fk_cases_responsible_team_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_cases_tenant_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cases_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_patient", "cases", ["patient_id"], unique=False)
    op.create_index("ix_cases_team", "cases", ["responsible_team_id", "state"], unique=False)
    op.create_index(
        "uq_cases_one_open",
        "cases",
        ["tenant_id", "patient_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "scheme IN ('HER', 'RESH', 'ENH', 'local')", name=op.f("ck_contact_points_scheme")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_contact_points_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contact_points_tenant_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_contact_points_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint(
            "tenant_id", "scheme", "value", name=op.f("uq_contact_points_tenant_id_scheme_value")
        ),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how_known", sa.Text(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        pieces.sealed("appointments", "detail"),
        sa.CheckConstraint(
            "(state IN ('booked', 'given')) = (ended_at IS NULL)",
            name=op.f("ck_appointments_ended"),
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'given', 'kept', 'missed', 'moved', 'cancelled', 'handed_on', 'in_error')",
            name=op.f("ck_appointments_state"),
        ),
        sa.CheckConstraint(
            "(how_known IS NULL) = (as_of IS NULL)", name=op.f("ck_appointments_how_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appointments_case_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_appointments_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["appointments.id"], name=op.f("fk_appointments_previous_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(
        "ix_appointments_ahead",
        "appointments",
        ["tenant_id", "starts_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('booked', 'given')"),
        postgresql_where=sa.text("state IN ('booked', 'given')"),
    )
    op.create_index("ix_appointments_case", "appointments", ["case_id", "starts_at"], unique=False)
    op.create_index(
        "ix_appointments_week", "appointments", ["tenant_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_appointments_of_member",
        "appointments",
        ["member_id", "starts_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('booked', 'given')"),
        postgresql_where=sa.text("state IN ('booked', 'given')"),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_signed_by", sa.Uuid(), nullable=True),
        sa.Column("second_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        pieces.sealed("closures", "note"),
        sa.CheckConstraint(
            "ending IN ('completed', 'moved_on') OR second_signed_by IS NOT NULL",
            name=op.f("ck_closures_two_signatures"),
        ),
        sa.CheckConstraint(
            "ending IN ('completed', 'moved_on', 'declined', 'unreachable', 'died', 'registered_in_error')",
            name=op.f("ck_closures_ending"),
        ),
        sa.CheckConstraint(
            "(second_signed_by IS NULL) = (second_signed_at IS NULL)",
            name=op.f("ck_closures_second_signed"),
        ),
        sa.CheckConstraint("second_signed_by <> signed_by", name=op.f("ck_closures_two_persons")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_closures_case_id")),
        sa.ForeignKeyConstraint(
            ["second_signed_by"], ["members.id"], name=op.f("fk_closures_second_signed_by")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["members.id"], name=op.f("fk_closures_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sa.UniqueConstraint("case_id", "number", name="uq_closures_number"),
        sa.UniqueConstraint("id", "case_id", "number", name="uq_closures_of_case"),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("in_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('summary')", name=op.f("ck_documents_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_case", "documents", ["case_id", "made_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_only", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("facts", pieces.JSON, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("in_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_error_by", sa.Uuid(), nullable=True),
        pieces.sealed("events", "note"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_events_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_case", "events", ["case_id", "at"], unique=False)
    op.create_index(
        "ix_events_deaths",
        "events",
        ["case_id", "kind"],
        unique=False,
        sqlite_where=sa.text("kind = 'death_reported' OR kind = 'death_refuted'"),
        postgresql_where=sa.text("kind = 'death_reported' OR kind = 'death_refuted'"),
    )
    op.create_index(
        "ix_events_handovers",
        "events",
        ["tenant_id", "case_id", "at"],
        unique=False,
        sqlite_where=sa.text("kind IN ('handover_sent', 'handover_accepted', 'handover_returned')"),
        postgresql_where=sa.text(
            "kind IN ('handover_sent', 'handover_accepted', 'handover_returned')"
        ),
    )
    op.create_index(
        "ix_events_leaving",
        "events",
        ["tenant_id", "at"],
        unique=False,
        sqlite_where=sa.text(
            "in_error_at IS NULL AND kind IN ('ready_for_discharge', 'discharged', 'discharge_withdrawn')"
        ),
        postgresql_where=sa.text(
            "in_error_at IS NULL AND kind IN ('ready_for_discharge', 'discharged', 'discharge_withdrawn')"
        ),
    )
    op.create_index(
        "ix_events_moved_later",
        "events",
        ["tenant_id", "case_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'task_moved_later'"),
        postgresql_where=sa.text("kind = 'task_moved_later'"),
    )
    op.create_index(
        "ix_events_reached",
        "events",
        ["case_id", "kind", "at"],
        unique=False,
        sqlite_where=sa.text(
            "in_error_at IS NULL AND kind IN ('discharged', 'reached', 'appointment_kept')"
        ),
        postgresql_where=sa.text(
            "in_error_at IS NULL AND kind IN ('discharged', 'reached', 'appointment_kept')"
        ),
    )
    op.create_table(
        "handover_packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("outside_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        pieces.sealed("handover_packages", "content"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_handover_packages_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["outside_id"], ["outside_receivers.id"], name=op.f("fk_handover_packages_outside_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_packages")),
    )
    op.create_index(
        "ix_handover_packages_case", "handover_packages", ["case_id", "made_at"], unique=False
    )
    op.create_table(
        "restricted_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        pieces.sealed("restricted_records", "about"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_restricted_records_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_records")),
    )
    op.create_index("ix_restricted_records_case", "restricted_records", ["case_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("step_key", sa.Text(), nullable=False),
        sa.Column("anchor_event_id", sa.Uuid(), nullable=True),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_team_id", sa.Uuid(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_reason", pieces.JSON, nullable=False),
        sa.Column("satisfied_by", pieces.JSON, nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_event_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_rung", sa.Integer(), nullable=False),
        sa.Column("next_rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_plan", pieces.JSON, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_in_a_row", sa.Integer(), nullable=False),
        sa.Column("uncovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        pieces.sealed("tasks", "note"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_tasks_ended")),
        sa.CheckConstraint(
            "state <> 'cancelled' OR ended_by_event_id IS NOT NULL",
            name=op.f("ck_tasks_cancelled_by_event"),
        ),
        sa.CheckConstraint(
            "state <> 'open' OR next_rung_at IS NOT NULL", name=op.f("ck_tasks_always_watched")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_tasks_state")),
        sa.CheckConstraint(
            "(case_id IS NULL) <> (subject_id IS NULL)", name=op.f("ck_tasks_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_tasks_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["held_by"], ["members.id"], name=op.f("fk_tasks_held_by")),
        sa.ForeignKeyConstraint(
            ["owner_team_id"], ["teams.id"], name=op.f("fk_tasks_owner_team_id")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["members.id"], name=op.f("fk_tasks_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("case_id", "step_key", "anchor_event_id", name="uq_tasks_natural"),
        sa.UniqueConstraint("id", "case_id", "state", name="uq_tasks_pointer"),
        sa.UniqueConstraint("subject_id", "step_key", name="uq_tasks_subject"),
    )
    op.create_index(
        "ix_tasks_acute",
        "tasks",
        ["owner_team_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND kind = 'acute_concern'"),
        postgresql_where=sa.text("state = 'open' AND kind = 'acute_concern'"),
    )
    op.create_index("ix_tasks_case", "tasks", ["case_id", "state", "due_at", "id"], unique=False)
    op.create_index(
        "ix_tasks_counted_anew",
        "tasks",
        ["tenant_id", "case_id"],
        unique=False,
        sqlite_where=sa.text("due_reason ->> 'counted_anew' = 'stay_over'"),
        postgresql_where=sa.text("due_reason ->> 'counted_anew' = 'stay_over'"),
    )
    op.create_index(
        "ix_tasks_ended",
        "tasks",
        ["owner_team_id", "ended_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'open'"),
        postgresql_where=sa.text("state <> 'open'"),
    )
    op.create_index(
        "ix_tasks_held",
        "tasks",
        ["held_by"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_kinds",
        "tasks",
        ["owner_team_id", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_tasks_signing",
        "tasks",
        ["owner_team_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND kind = 'sign_closing'"),
        postgresql_where=sa.text("state = 'open' AND kind = 'sign_closing'"),
    )
    op.create_index(
        "ix_tasks_sweep",
        "tasks",
        ["next_rung_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_tasks_undecided",
        "tasks",
        ["tenant_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND case_id IS NULL"),
        postgresql_where=sa.text("state = 'open' AND case_id IS NULL"),
    )
    op.create_index(
        "ix_tasks_worklist",
        "tasks",
        ["owner_team_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_alerts_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "task_id", "due_at", "round", "rung", "audience", name="uq_alerts_once"
        ),
    )
    op.create_index(
        "ix_alerts_unaddressed",
        "alerts",
        ["raised_at"],
        unique=False,
        sqlite_where=sa.text("addressed_at IS NULL"),
        postgresql_where=sa.text("addressed_at IS NULL"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        pieces.sealed("calls", "answer"),
        pieces.sealed("calls", "words"),
        sa.CheckConstraint("kind IN ('call', 'acute_concern')", name=op.f("ck_calls_kind")),
        sa.CheckConstraint(
            "ended_at IS NULL OR answer IS NOT NULL OR case_id IS NOT NULL",
            name=op.f("ck_calls_ended_answered"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["members.id"], name=op.f("fk_calls_ended_by")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_calls_patient_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["members.id"], name=op.f("fk_calls_taken_by")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_calls_task_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_calls_team_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_calls_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_open", "calls", ["tenant_id", "ended_at", "team_id"], unique=False)
    op.create_index("ix_calls_patient", "calls", ["patient_id"], unique=False)
    op.create_index("ix_calls_task", "calls", ["task_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        pieces.sealed("contacts", "detail"),
        sa.CheckConstraint("direction IN ('out', 'in')", name=op.f("ck_contacts_direction")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contacts_case_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_contacts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_case", "contacts", ["case_id", "at"], unique=False)
    op.create_index("ix_contacts_event", "contacts", ["event_id"], unique=False)
    op.create_table(
        "document_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how_known", sa.Text(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        pieces.sealed("document_recipients", "detail"),
        sa.CheckConstraint(
            "state <> 'received' OR how_known IN ('receipt', 'message', 'receiver_said')",
            name=op.f("ck_document_recipients_not_the_senders_word"),
        ),
        sa.CheckConstraint(
            "state = 'due' OR as_of IS NOT NULL", name=op.f("ck_document_recipients_as_of")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'sent', 'received', 'objected')",
            name=op.f("ck_document_recipients_state"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_recipients_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_recipients")),
    )
    op.create_index(
        "ix_document_recipients_document", "document_recipients", ["document_id"], unique=False
    )
    op.create_table(
        "epj_marks",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(entered_at IS NULL) = (entered_by IS NULL)", name=op.f("ck_epj_marks_by_whom")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_epj_marks_case_id")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["members.id"], name=op.f("fk_epj_marks_entered_by")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_epj_marks_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_epj_marks")),
    )
    op.create_index("ix_epj_marks_case", "epj_marks", ["case_id"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_team_id", sa.Uuid(), nullable=False),
        sa.Column("to_team_id", sa.Uuid(), nullable=True),
        sa.Column("to_outside_id", sa.Uuid(), nullable=True),
        sa.Column("package_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("how_known", sa.Text(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_task_id", sa.Uuid(), nullable=True),
        sa.Column("missing", pieces.JSON, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        pieces.sealed("handovers", "answer"),
        pieces.sealed("handovers", "note"),
        sa.CheckConstraint(
            "(state IN ('accepted', 'returned')) = (answered_at IS NOT NULL)",
            name=op.f("ck_handovers_answered"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR (to_team_id IS NOT NULL AND first_task_id IS NOT NULL) OR (to_outside_id IS NOT NULL AND first_at IS NOT NULL)",
            name=op.f("ck_handovers_accepted_with_a_date"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR answer IS NOT NULL",
            name=op.f("ck_handovers_returned_with_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'received', 'accepted', 'returned')", name=op.f("ck_handovers_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'returned') OR how_known IS NULL OR how_known <> 'receipt'",
            name=op.f("ck_handovers_a_receipt_accepts_nothing"),
        ),
        sa.CheckConstraint(
            "to_outside_id IS NULL OR state = 'sent' OR how_known IS NOT NULL",
            name=op.f("ck_handovers_how_known"),
        ),
        sa.CheckConstraint(
            "(to_team_id IS NULL) <> (to_outside_id IS NULL)",
            name=op.f("ck_handovers_one_receiver"),
        ),
        sa.CheckConstraint("from_team_id <> to_team_id", name=op.f("ck_handovers_two_teams")),
        sa.CheckConstraint(
            "to_outside_id IS NULL OR (package_id IS NOT NULL AND way IS NOT NULL)",
            name=op.f("ck_handovers_sent_as_a_package"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handovers_case_id")),
        sa.ForeignKeyConstraint(
            ["first_task_id"], ["tasks.id"], name=op.f("fk_handovers_first_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_team_id"], ["teams.id"], name=op.f("fk_handovers_from_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["handover_packages.id"], name=op.f("fk_handovers_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_outside_id"], ["outside_receivers.id"], name=op.f("fk_handovers_to_outside_id")
        ),
        sa.ForeignKeyConstraint(["to_team_id"], ["teams.id"], name=op.f("fk_handovers_to_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_case", "handovers", ["case_id", "sent_at"], unique=False)
    op.create_index(
        "ix_handovers_pair", "handovers", ["tenant_id", "from_team_id", "to_team_id"], unique=False
    )
    op.create_index("ix_handovers_to", "handovers", ["to_team_id", "state"], unique=False)
    op.create_index(
        "uq_handovers_one_pending",
        "handovers",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('sent', 'received')"),
        postgresql_where=sa.text("state IN ('sent', 'received')"),
    )
    op.create_index("uq_handovers_package", "handovers", ["package_id"], unique=True)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("message_ref", sa.Text(), nullable=True),
        sa.Column("document_key", sa.Text(), nullable=True),
        sa.Column("checked", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("person_token", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        pieces.sealed("messages", "facts"),
        pieces.sealed("messages", "original"),
        sa.CheckConstraint(
            "status <> 'not_ours' OR (original IS NULL AND facts IS NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_messages_not_ours_erased"),
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR task_id IS NOT NULL", name=op.f("ck_messages_refused_owed")
        ),
        sa.CheckConstraint(
            "status IN ('received', 'opened', 'updated', 'duplicate', 'to_decide', 'parked', 'refused', 'not_ours')",
            name=op.f("ck_messages_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('to_decide', 'parked') OR task_id IS NOT NULL",
            name=op.f("ck_messages_waiting_owed"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["members.id"], name=op.f("fk_messages_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["messages.id"], name=op.f("fk_messages_duplicate_of")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_messages_patient_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_messages_task_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_messages_team_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_messages_tenant_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_messages_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "tenant_id",
            "fingerprint",
            "again",
            name=op.f("uq_messages_tenant_id_fingerprint_again"),
        ),
    )
    op.create_index("ix_messages_document", "messages", ["tenant_id", "document_key"], unique=False)
    op.create_index("ix_messages_duplicate", "messages", ["duplicate_of"], unique=False)
    op.create_index(
        "ix_messages_listed",
        "messages",
        ["tenant_id", "format"],
        unique=False,
        sqlite_where=sa.text(
            "(status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))"
        ),
        postgresql_where=sa.text(
            "(status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))"
        ),
    )
    op.create_index("ix_messages_message", "messages", ["tenant_id", "message_ref"], unique=False)
    op.create_index("ix_messages_patient", "messages", ["patient_id"], unique=False)
    op.create_index(
        "ix_messages_person", "messages", ["tenant_id", "person_token", "status"], unique=False
    )
    op.create_index(
        "ix_messages_queue",
        "messages",
        ["tenant_id", "team_id", "received_at", "id"],
        unique=False,
        sqlite_where=sa.text(
            "(status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))"
        ),
        postgresql_where=sa.text(
            "(status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))"
        ),
    )
    op.create_index("ix_messages_task", "messages", ["task_id"], unique=False)
    op.create_table(
        "plan_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        pieces.sealed("plan_versions", "content"),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_versions_number")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plan_versions_case_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_plan_versions_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_plan_versions_case_id_number")),
    )
    op.create_index("ix_plan_versions_event", "plan_versions", ["event_id"], unique=False)
    op.create_table(
        "restricted_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        pieces.sealed("restricted_entries", "words"),
        sa.CheckConstraint("number > 0", name=op.f("ck_restricted_entries_number")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["restricted_records.id"], name=op.f("fk_restricted_entries_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_entries")),
        sa.UniqueConstraint(
            "record_id", "number", name=op.f("uq_restricted_entries_record_id_number")
        ),
    )
    op.create_table(
        "restricted_readers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_restricted_readers_ended")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_restricted_readers_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["restricted_records.id"], name=op.f("fk_restricted_readers_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_readers")),
    )
    op.create_index(
        "ix_restricted_readers_member", "restricted_readers", ["member_id"], unique=False
    )
    op.create_index(
        "uq_restricted_readers_named",
        "restricted_readers",
        ["record_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "takeovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("undo_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_asked_by", sa.Uuid(), nullable=True),
        sa.Column("undo_words", sa.LargeBinary(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("refused_task_id", sa.Uuid(), nullable=True),
        sa.Column("undo_task_id", sa.Uuid(), nullable=True),
        pieces.sealed("takeovers", "about"),
        pieces.sealed("takeovers", "original"),
        pieces.sealed("takeovers", "undo_words"),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL) AND (signed_at IS NULL) = (signed_by IS NULL)",
            name=op.f("ck_takeovers_signed"),
        ),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL) AND (undone_at IS NULL) = (undone_by IS NULL)",
            name=op.f("ck_takeovers_undone"),
        ),
        sa.CheckConstraint(
            "state IN ('unsigned', 'signed', 'undone')", name=op.f("ck_takeovers_state")
        ),
        sa.CheckConstraint(
            "undone_by IS NULL OR (undo_asked_by IS NOT NULL AND undone_by <> undo_asked_by)",
            name=op.f("ck_takeovers_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["refused_task_id"], ["tasks.id"], name=op.f("fk_takeovers_refused_task_id")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["members.id"], name=op.f("fk_takeovers_signed_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["members.id"], name=op.f("fk_takeovers_taken_by")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_takeovers_task_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_takeovers_team_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_takeovers_tenant_id")),
        sa.ForeignKeyConstraint(
            ["undo_asked_by"], ["members.id"], name=op.f("fk_takeovers_undo_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["undo_task_id"], ["tasks.id"], name=op.f("fk_takeovers_undo_task_id")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["members.id"], name=op.f("fk_takeovers_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
    )
    op.create_index(
        "ix_takeovers_team", "takeovers", ["tenant_id", "team_id", "state"], unique=False
    )
    op.create_index(
        "uq_takeovers_file",
        "takeovers",
        ["tenant_id", "fingerprint"],
        unique=True,
        sqlite_where=sa.text("state <> 'undone'"),
        postgresql_where=sa.text("state <> 'undone'"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'leased', 'accepted', 'delivered', 'stopped', 'dead')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_deliveries_alert_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_deliveries_member_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_deliveries_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("alert_id", "member_id", "channel", name="uq_deliveries_once"),
    )
    op.create_index(
        "ix_deliveries_accepted",
        "deliveries",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["tenant_id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_deliveries_inbox",
        "deliveries",
        ["member_id", "task_id"],
        unique=False,
        sqlite_where=sa.text("channel = 'inbox' AND cleared_at IS NULL"),
        postgresql_where=sa.text("channel = 'inbox' AND cleared_at IS NULL"),
    )
    op.create_index(
        "ix_deliveries_ready",
        "deliveries",
        ["channel", "next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'leased')"),
        postgresql_where=sa.text("state IN ('ready', 'leased')"),
    )
    op.create_index(
        "ix_deliveries_reference",
        "deliveries",
        ["reference"],
        unique=False,
        sqlite_where=sa.text("reference IS NOT NULL"),
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_sent",
        "deliveries",
        ["member_id", "settled_at"],
        unique=False,
        sqlite_where=sa.text("channel <> 'inbox'"),
        postgresql_where=sa.text("channel <> 'inbox'"),
    )
    op.create_index(op.f("ix_deliveries_task_id"), "deliveries", ["task_id"], unique=False)
    op.create_table(
        "discharge_list_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'asked' OR message_id IS NOT NULL",
            name=op.f("ck_discharge_list_lines_asked"),
        ),
        sa.CheckConstraint(
            "outcome IN ('followed', 'waiting', 'decided', 'asked', 'refused')",
            name=op.f("ck_discharge_list_lines_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["discharge_lists.id"], name=op.f("fk_discharge_list_lines_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_discharge_list_lines_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_discharge_list_lines_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharge_list_lines")),
        sa.UniqueConstraint(
            "list_id", "number", name=op.f("uq_discharge_list_lines_list_id_number")
        ),
    )
    op.create_index(
        "ix_discharge_list_lines_message", "discharge_list_lines", ["message_id"], unique=False
    )
    op.create_table(
        "takeover_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("takeover_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", pieces.JSON, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=True),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        pieces.sealed("takeover_rows", "cells"),
        sa.CheckConstraint(
            "(outcome = 'taken') = (case_id IS NOT NULL) AND (case_id IS NULL) = (patient_id IS NULL)",
            name=op.f("ck_takeover_rows_taken"),
        ),
        sa.CheckConstraint(
            "followed_id IS NULL OR (outcome = 'refused' AND NOT owed)",
            name=op.f("ck_takeover_rows_followed"),
        ),
        sa.CheckConstraint("outcome = 'refused' OR NOT owed", name=op.f("ck_takeover_rows_owed")),
        sa.CheckConstraint(
            "outcome IN ('refused', 'taken')", name=op.f("ck_takeover_rows_outcome")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_takeover_rows_case_id")),
        sa.ForeignKeyConstraint(
            ["followed_id"], ["cases.id"], name=op.f("fk_takeover_rows_followed_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_takeover_rows_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_rows_takeover_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_takeover_rows_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_rows")),
        sa.UniqueConstraint(
            "takeover_id", "number", name=op.f("uq_takeover_rows_takeover_id_number")
        ),
    )
    op.create_index("ix_takeover_rows_case", "takeover_rows", ["case_id"], unique=False)
    op.create_index("ix_takeover_rows_followed", "takeover_rows", ["followed_id"], unique=False)
    op.create_table(
        "takeover_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("takeover_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        pieces.sealed("takeover_decisions", "said"),
        sa.CheckConstraint(
            "(decision = 'not_taken') = (reason IS NOT NULL) AND (decision = 'not_taken') = (case_id IS NULL) AND (case_id IS NULL) = (patient_id IS NULL)",
            name=op.f("ck_takeover_decisions_said"),
        ),
        sa.CheckConstraint(
            "decision IN ('followed', 'not_taken', 'taken_in')",
            name=op.f("ck_takeover_decisions_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_takeover_decisions_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["members.id"], name=op.f("fk_takeover_decisions_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["takeover_rows.id"], name=op.f("fk_takeover_decisions_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_takeover_decisions_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_decisions_takeover_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_takeover_decisions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_decisions")),
    )
    op.create_index(
        "ix_takeover_decisions_takeover", "takeover_decisions", ["takeover_id"], unique=False
    )
    op.create_table(
        "takeover_reopened",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("takeover_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["takeover_rows.id"], name=op.f("fk_takeover_reopened_id")),
        sa.ForeignKeyConstraint(
            ["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_reopened_takeover_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_takeover_reopened_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_takeover_reopened_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_reopened")),
    )
    op.create_index("ix_takeover_reopened_task", "takeover_reopened", ["task_id"], unique=False)
    pieces.late_key(
        "fk_cases_closure",
        "cases",
        "closures",
        ["closure_id", "id", "closing_number"],
        ["id", "case_id", "number"],
        deferrable=True,
        initially="DEFERRED",
    )
    pieces.late_key(
        "fk_cases_next_task",
        "cases",
        "tasks",
        ["next_task_id", "id", "next_task_state"],
        ["id", "case_id", "state"],
        deferrable=True,
        initially="DEFERRED",
    )
    pieces.make_guards(GUARDS_MADE)
