"""The law once more, as plain SQL that both databases understand.

Not one of these questions is shared with the services that keep the law: a fault there is seen
here. `STANDING` says where every case stands, `UNDECIDED` what nobody has decided, `BESIDE` and
`HANDOVERS` what the law cannot see; each is one pass over sets.
"""

# An alert that nobody was told of tells nobody. One that was raised less than two minutes ago is
# on its way while the sweep is alive, as a rung is.
_TOLD = "(a.addressed_at IS NOT NULL OR (:alive AND a.raised_at > :grace))"

# Where an overdue task `t` stands. A rung that fell due less than two minutes
# ago is on its way while the sweep is alive.
_OVERDUE = f"""
  CASE
    WHEN t.seen_until > :at AND t.seen_by IS NOT NULL THEN 'overdue_seen'
    WHEN t.due_at > :grace AND :alive THEN 'owned'
    WHEN t.next_rung_at IS NULL OR t.next_rung_at < :grace THEN 'round_stopped'
    WHEN :alive AND t.next_rung_at <= :at THEN 'escalated'
    WHEN t.due_at > :grace AND t.next_rung_at <= :at THEN 'sweep_stopped'
    WHEN EXISTS (SELECT 1 FROM alerts a
                 WHERE a.task_id = t.id AND a.due_at = t.due_at AND a.round = t.round
                   AND {_TOLD})
      THEN 'escalated'
    WHEN t.due_at > :grace THEN 'sweep_stopped'
    ELSE 'nobody_told'
  END"""  # noqa: S608

# The same for a task that is not late yet, but nobody is on duty before it is: the lead hears.
_UNCOVERED = f"""
  CASE
    WHEN t.next_rung_at IS NULL OR t.next_rung_at < :grace THEN 'round_stopped'
    WHEN EXISTS (SELECT 1 FROM alerts a
                 WHERE a.task_id = t.id AND a.due_at = t.due_at AND a.round = t.round
                   AND a.audience = 'lead' AND {_TOLD})
      THEN 'escalated'
    WHEN :alive AND t.next_rung_at <= :at AND t.uncovered_at IS NOT NULL THEN 'escalated'
    ELSE 'nobody_on_duty'
  END"""  # noqa: S608

# Registered in error is signed as the others are, and counted by itself too.
_SIGNED = """
  COALESCE((
    SELECT CASE WHEN z.ending = 'registered_in_error' THEN 'registered_in_error'
      ELSE 'closed_signed' END
    FROM closures z
    WHERE z.id = c.closure_id AND z.case_id = c.id AND z.number = c.closing_number
      AND z.signed_by IS NOT NULL AND z.signed_at IS NOT NULL
      AND (z.ending IN ('completed', 'moved_on')
           OR (z.second_signed_at IS NOT NULL AND z.second_signed_by <> z.signed_by))),
  'not_signed')"""

# Its earliest task and where a case stands are worked out once: inlined, they would be asked again
# wherever they are named (of 100,000 cases: a third of the time on PostgreSQL). Cover
# is asked of each team, so that duty that is over is never read: none of it is ever deleted.
# A follow-up that was taken over and raises nothing yet stands where the task stands that asks the
# lead for the signature: whoever owes that answers for all of them.
_TEMPLATE = """
WITH cover AS MATERIALIZED (
  SELECT w.id AS team_id, (
    SELECT MIN(d.starts_at) FROM duty d JOIN members m ON m.id = d.member_id AND m.active
    WHERE d.team_id = w.id AND d.tenant_id = :tenant AND d.ends_at > :since) AS first_at
  FROM teams w WHERE w.tenant_id = :tenant),
held AS (
  SELECT COALESCE(r.case_id, n.case_id) AS case_id, k.task_id FROM takeovers k
  JOIN takeover_rows r ON r.takeover_id = k.id
  LEFT JOIN takeover_decisions n ON n.id = r.id AND n.decision = 'taken_in'
  JOIN tasks s ON s.id = k.task_id AND s.state = 'open'
  WHERE k.tenant_id = :tenant AND k.state = 'unsigned'
    AND (r.case_id IS NOT NULL OR n.case_id IS NOT NULL)),
earliest AS MATERIALIZED (
  SELECT c.id, c.state, c.opened_at, c.pathway_id, c.pathway_version, c.closure_id,
    c.closing_number, c.next_task_id,
    CASE WHEN c.state <> 'closed' THEN (
      SELECT o.id FROM tasks o WHERE o.case_id = c.id AND o.state = 'open'
      ORDER BY o.due_at, o.id LIMIT 1) END AS task_id
  FROM cases c WHERE c.tenant_id = :tenant),
answered AS (
  SELECT c.*, COALESCE(h.task_id, c.task_id) AS answers FROM earliest c
  LEFT JOIN held h ON h.case_id = c.id AND EXISTS (
    SELECT 1 FROM tasks e WHERE e.id = c.task_id AND e.next_rung_at = :held)),
stood AS MATERIALIZED (
  SELECT c.id,
    CASE
      WHEN c.state = 'closed' THEN {signed}
      WHEN t.id IS NULL THEN 'no_open_task'
      WHEN t.due_at < :at THEN {overdue}
      WHEN cover.first_at IS NULL OR cover.first_at >= t.due_at THEN {uncovered}
      WHEN {least} IS NULL THEN 'pathway_unknown'
      WHEN t.due_at <= {least} THEN 'owned'
      WHEN t.due_at <= {limit} THEN 'owned'
      ELSE 'beyond_silence'
    END AS standing,
    CASE WHEN c.task_id IS NULL OR c.next_task_id = c.task_id THEN 0
         WHEN EXISTS (SELECT 1 FROM tasks p JOIN tasks e ON e.id = c.task_id
                      WHERE p.id = c.next_task_id AND p.case_id = c.id
                      AND p.state = 'open' AND p.due_at = e.due_at) THEN 0
         ELSE 1 END AS astray
  FROM answered c
  LEFT JOIN tasks t ON t.id = c.answers
  LEFT JOIN cover ON cover.team_id = t.owner_team_id)
SELECT standing, astray,
  CASE WHEN astray = 0 AND standing IN
         ('owned', 'overdue_seen', 'escalated', 'closed_signed', 'registered_in_error')
       THEN NULL ELSE id END AS id,
  COUNT(*) AS many,
  (SELECT COUNT(*) FROM cases r WHERE r.tenant_id = :tenant) AS registered
FROM stood GROUP BY 1, 2, 3
"""

UNDECIDED = f"""
WITH stood AS (
  SELECT t.subject_id AS id, CASE WHEN t.due_at < :at THEN {_OVERDUE} ELSE 'waiting' END AS standing,
    CASE WHEN t.due_at < :at THEN 1 ELSE 0 END AS late
  FROM tasks t WHERE t.tenant_id = :tenant AND t.case_id IS NULL AND t.state = 'open'
  UNION ALL
  SELECT w.id, 'no_clock', 0 FROM (
    SELECT m.id, m.task_id FROM messages m WHERE m.tenant_id = :tenant
      AND (m.status IN ('to_decide', 'parked')
           OR (m.status = 'refused' AND m.decided_at IS NULL))
    UNION ALL
    SELECT l.id, l.task_id FROM calls l WHERE l.tenant_id = :tenant AND l.ended_at IS NULL
    UNION ALL
    SELECT k.id, k.task_id FROM takeovers k
    WHERE k.tenant_id = :tenant AND k.state = 'unsigned'
    UNION ALL
    SELECT k.id, k.undo_task_id FROM takeovers k
    WHERE k.tenant_id = :tenant AND k.state = 'unsigned' AND k.undo_asked_by IS NOT NULL
    UNION ALL
    SELECT k.id, k.refused_task_id FROM takeovers k
    WHERE k.tenant_id = :tenant AND k.state = 'signed' AND EXISTS (
      SELECT 1 FROM takeover_rows r WHERE r.takeover_id = k.id AND r.owed AND NOT EXISTS (
        SELECT 1 FROM takeover_decisions d WHERE d.id = r.id))
    UNION ALL
    SELECT k.id, COALESCE(g.task_id, k.refused_task_id) FROM takeovers k
    JOIN takeover_reopened g ON g.takeover_id = k.id
    WHERE k.tenant_id = :tenant AND k.state = 'signed' AND NOT EXISTS (
      SELECT 1 FROM takeover_decisions d WHERE d.id = g.id)) w
  WHERE NOT EXISTS (SELECT 1 FROM tasks o WHERE o.id = w.task_id AND o.subject_id = w.id
                    AND o.state = 'open'))
SELECT standing, late,
  CASE WHEN standing IN ('waiting', 'owned', 'overdue_seen', 'escalated') THEN NULL ELSE id END AS id,
  COUNT(*) AS many
FROM stood GROUP BY 1, 2, 3
"""  # noqa: S608

# Per open case: the last discharge and the last time that the person was reached, two-way.
BESIDE = """
WITH reached AS (
  SELECT c.id,
    MAX(CASE WHEN e.kind = 'discharged' THEN e.at END) AS discharged_at,
    MAX(CASE WHEN e.kind IN ('reached', 'appointment_kept') THEN e.at END) AS reached_at
  FROM cases c LEFT JOIN events e ON e.case_id = c.id AND e.in_error_at IS NULL
    AND e.kind IN ('discharged', 'reached', 'appointment_kept')
  WHERE c.tenant_id = :tenant AND c.state <> 'closed'
  GROUP BY c.id),
ordered AS (
  SELECT reached_at, ROW_NUMBER() OVER (ORDER BY reached_at) AS place, COUNT(*) OVER () AS many
  FROM reached WHERE reached_at IS NOT NULL),
moved AS (
  SELECT e.recorded_at FROM events e JOIN cases c ON c.id = e.case_id
  WHERE e.tenant_id = :tenant AND e.kind = 'task_moved_later' AND e.in_error_at IS NULL
    AND c.state <> 'closed'),
anew AS (
  SELECT t.made_at FROM tasks t JOIN cases c ON c.id = t.case_id
  WHERE t.tenant_id = :tenant AND t.due_reason ->> 'counted_anew' = 'stay_over'
    AND c.state <> 'closed')
SELECT
  (SELECT COUNT(*) FROM reached WHERE discharged_at IS NOT NULL
     AND (reached_at IS NULL OR reached_at < discharged_at)) AS never_reached,
  (SELECT MIN(reached_at) FROM ordered) AS longest,
  (SELECT reached_at FROM ordered WHERE place = (many + 1) / 2) AS median,
  (SELECT COUNT(*) FROM moved) AS moved_later,
  (SELECT COUNT(*) FROM moved WHERE recorded_at > :day_ago) AS moved_later_last_day,
  (SELECT COUNT(*) FROM anew) AS counted_anew,
  (SELECT COUNT(*) FROM anew WHERE made_at > :day_ago) AS counted_anew_last_day,
  (SELECT COUNT(*) FROM takeovers WHERE tenant_id = :tenant
     AND state = 'unsigned') AS takeovers_unsigned,
  (SELECT COUNT(*) FROM takeover_rows r JOIN takeovers k ON k.id = r.takeover_id
     WHERE k.tenant_id = :tenant AND k.state <> 'undone'
     AND (r.owed OR EXISTS (SELECT 1 FROM takeover_reopened g WHERE g.id = r.id))
     AND NOT EXISTS (
       SELECT 1 FROM takeover_decisions d WHERE d.id = r.id)) AS takeover_rows_undecided,
  (SELECT COUNT(*) FROM messages WHERE tenant_id = :tenant AND format = 'discharge-list'
     AND (status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))
  ) AS listed_undecided,
  (SELECT COUNT(*) FROM faults WHERE seen_at IS NULL
     AND (tenant_id IS NULL OR tenant_id = :tenant)) AS faults_unseen
"""

# Each handover that was sent has an answer, or is the last word on its case and waits for one.
HANDOVERS = """
WITH said AS (
  SELECT e.kind, ROW_NUMBER() OVER (
    PARTITION BY e.case_id ORDER BY e.at DESC, e.recorded_at DESC, e.id DESC) AS back
  FROM events e
  WHERE e.tenant_id = :tenant AND e.in_error_at IS NULL
    AND e.kind IN ('handover_sent', 'handover_accepted', 'handover_returned'))
SELECT
  COALESCE(SUM(CASE WHEN kind = 'handover_sent' THEN 1 ELSE 0 END), 0) AS sent,
  COALESCE(SUM(CASE WHEN kind = 'handover_accepted' THEN 1 ELSE 0 END), 0) AS accepted,
  COALESCE(SUM(CASE WHEN kind = 'handover_returned' THEN 1 ELSE 0 END), 0) AS returned,
  COALESCE(SUM(CASE WHEN kind = 'handover_sent' AND back = 1 THEN 1 ELSE 0 END), 0) AS pending
FROM said
"""

# The same for each pair of organisations, from the handovers themselves: an answer counts where
# the case has its event, and one that waits has none.
PAIRS = """
WITH h AS MATERIALIZED (
  SELECT h.*, (SELECT MAX(CASE WHEN e.kind <> 'handover_sent' THEN e.kind END) FROM events e
      WHERE e.tenant_id = h.tenant_id AND e.case_id = h.case_id AND e.source_id = h.id
      AND e.in_error_at IS NULL
      AND e.kind IN ('handover_sent', 'handover_accepted', 'handover_returned')) AS said
  FROM handovers h WHERE h.tenant_id = :tenant)
SELECT fo.name AS sender, COALESCE(x.organisation, oo.name) AS receiver, COUNT(*) AS sent,
  SUM(CASE WHEN h.state = 'accepted' AND h.said = 'handover_accepted' THEN 1 ELSE 0 END)
    AS accepted,
  SUM(CASE WHEN h.state = 'returned' AND h.said = 'handover_returned' THEN 1 ELSE 0 END)
    AS returned,
  SUM(CASE WHEN h.state IN ('sent', 'received') AND h.said IS NULL THEN 1 ELSE 0 END) AS pending
FROM h JOIN teams ft ON ft.id = h.from_team_id JOIN organisations fo ON fo.id = ft.organisation_id
LEFT JOIN teams tt ON tt.id = h.to_team_id LEFT JOIN organisations oo ON oo.id = tt.organisation_id
LEFT JOIN outside_receivers x ON x.id = h.to_outside_id
GROUP BY 1, 2 ORDER BY 1, 2
"""


# Is the case in the close first phase: since it opened, or since the last discharge, index event or bereavement?
_EARLY = """
  (c.opened_at > :young OR EXISTS (
    SELECT 1 FROM events y WHERE y.case_id = c.id AND y.at > :young
      AND y.kind IN ('index_event', 'bereavement', 'discharged') AND y.in_error_at IS NULL))"""


def standing(pathways: int) -> str:
    """Where every case stands, for so many pathways.

    Of pathway n are asked `:id{n}`, `:version{n}`, and the latest moments that a next task may
    lie at: `:first{n}`, `:later{n}`, and `:least{n}`, the earlier of the two.
    """
    return _TEMPLATE.format(
        signed=_SIGNED,
        overdue=_OVERDUE,
        uncovered=_UNCOVERED,
        least=_of_each(pathways, ":least{n}"),
        limit=_of_each(pathways, f"CASE WHEN {_EARLY} THEN :first{{n}} ELSE :later{{n}} END"),
    )


def _of_each(pathways: int, value: str) -> str:
    arms = [
        f"WHEN c.pathway_id = :id{n} AND c.pathway_version = :version{n} THEN {value.format(n=n)}"
        for n in range(pathways)
    ]
    return f"CASE {' '.join(arms)} END" if arms else "NULL"
