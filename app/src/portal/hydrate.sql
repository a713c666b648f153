-- An engagement ($1) as its client sees it, for one of their contacts ($2, the proposal's own when null); with what the
-- pages show beyond that when $3.
with today as (
  select (app_now() at time zone 'UTC')::date as day
), shown as (
  select p.*, coalesce(p.sent_version, p.current_version) as v, j.id as project_id, j.state as project_state,
    coalesce($2, p.contact_id) as reader_id
  from proposals p left join projects j on j.workspace_id = p.workspace_id and j.proposal_id = p.id
  where p.workspace_id = current_workspace() and p.id = $1
), goods as (
  select count(*) as total, count(*) filter (where d.state = 'completed') as completed,
    coalesce(bool_or(d.state = 'blocked' or d.state <> 'completed' and d.due_on < today.day), false) as late,
    coalesce(json_agg(json_build_object('id', d.id, 'title', d.title, 'status', d.state, 'category', d.category,
      'dueDate', d.due_on, 'completedAt', d.completed_at) order by d.sort_order, d.created_at, d.id), '[]') as list
  from deliverables d, today
  where d.workspace_id = current_workspace() and d.proposal_id = $1
), money as (
  select y.id, y.amount_minor, y.currency, y.description, y.due, coalesce(y.due_on, m.due_on) as due_on, y.state, y.position
  from payments y left join milestones m on m.workspace_id = y.workspace_id and m.id = y.milestone_id
  where y.workspace_id = current_workspace() and y.proposal_id = $1
  union all
  select i.id, i.amount_minor, s.currency, i.description, i.due, coalesce(i.due_on, m.due_on), 'pending', i.position
  from shown s
    join proposal_instalments i on i.workspace_id = s.workspace_id and i.proposal_id = s.id and i.version = s.v
    left join proposal_milestones m on m.workspace_id = i.workspace_id and m.proposal_id = i.proposal_id
      and m.version = i.version and m.id = i.milestone_id
  where s.project_id is null
), due as (
  select coalesce(bool_or(y.state in ('pending', 'failed', 'expired') and y.due_on < today.day), false) as late,
    coalesce(json_agg(json_build_object('id', y.id, 'amount', y.amount_minor, 'currency', y.currency,
      'dueDate', y.due_on, 'due', y.due, 'status', y.state, 'description', y.description) order by y.position, y.id),
      '[]') as list
  from money y, today
)
select json_build_object(
  'portalData', json_build_object(
    'client', json_build_object('name', l.name, 'company', coalesce(o.name, l.company), 'contactEmail', c.email,
      'contactId', c.id),
    'contract', (select json_build_object('contractId', k.id, 'status', k.state, 'signedDate', k.signed_on)
      from contracts k where k.workspace_id = s.workspace_id and k.proposal_id = s.id and k.state <> 'draft'),
    'deliverables', goods.list,
    'proposal', json_build_object('id', s.id, 'purpose', coalesce(w.purpose, ''), 'status', s.state,
      'phases', coalesce((select json_agg(json_build_object('id', h.id, 'title', h.title, 'description', h.description,
          'startDate', h.starts_on, 'endDate', h.ends_on) order by h.position, h.id)
        from proposal_phases h where h.workspace_id = s.workspace_id and h.proposal_id = s.id and h.version = s.v), '[]'),
      'milestones', coalesce((select json_agg(json_build_object('id', m.id, 'phaseId', m.phase_id, 'title', m.title,
          'description', m.description, 'category', m.category, 'amount', m.amount_minor, 'dueDate', m.due_on)
          order by m.position, m.id)
        from proposal_milestones m
        where m.workspace_id = s.workspace_id and m.proposal_id = s.id and m.version = s.v), '[]')),
    'payments', due.list,
    'status', json_build_object(
      'overall', case
        when s.state in ('declined', 'expired', 'withdrawn') or s.project_state = 'cancelled' then 'cancelled'
        when s.state = 'completed' or s.project_state in ('completed', 'archived') then 'completed'
        when s.project_id is null then 'pending'
        when goods.late or due.late then 'blocked'
        else 'in-progress' end,
      'completedDeliverables', goods.completed,
      'totalDeliverables', goods.total,
      'nextMilestone', (select m.name from milestones m
        where m.workspace_id = s.workspace_id and m.project_id = s.project_id and m.state not in ('approved', 'cancelled')
        order by m.sort_order, m.id limit 1),
      'nextPayment', (select json_build_object('amount', y.amount_minor, 'currency', y.currency, 'dueDate', y.due_on)
        from money y
        where s.project_id is not null and y.state in ('pending', 'failed', 'expired') and y.amount_minor > 0
        order by y.due_on nulls last, y.position, y.id limit 1))),
  'more', case when $3 then json_build_object(
    'workspaceName', (select x.name from workspaces x where x.id = s.workspace_id),
    'brand', (select json_build_object('accent', b.accent, 'logo_id', b.logo_id, 'welcome', b.welcome,
        'is_white_label', coalesce(b.is_white_label, false), 'tier', x.tier)
      from workspaces x left join brandings b on b.workspace_id = x.id where x.id = s.workspace_id),
    'visitorName', c.name,
    'title', coalesce(j.title, s.title),
    'shownVersion', s.v,
    'isImplicit', s.is_implicit,
    'total', coalesce(j.amount_minor, w.total_minor, 0),
    'currency', coalesce(j.currency, s.currency),
    'validUntil', s.valid_until,
    'decidedAt', s.decided_at,
    'project', case when j.id is not null then json_build_object('id', j.id, 'title', j.title,
      'description', j.description, 'state', j.state, 'amount', j.amount_minor, 'currency', j.currency,
      'deadline', j.deadline, 'completedAt', j.completed_at, 'lastEvent', j.last_event) end,
    'submission', (select json_build_object('id', b.id, 'state', b.state, 'round', b.round,
        'summary', coalesce(r.summary, ''), 'submittedAt', b.submitted_at)
      from submissions b left join submission_rounds r
        on r.workspace_id = b.workspace_id and r.submission_id = b.id and r.round = b.round
      where b.workspace_id = s.workspace_id and b.project_id = j.id
      order by b.number desc limit 1),
    'milestones', coalesce((select json_agg(json_build_object('id', m.id, 'name', m.name, 'description', m.description,
        'amount', m.amount_minor, 'state', m.state, 'paymentStatus', m.payment_status, 'dueDate', m.due_on,
        'approvedAt', m.approved_at) order by m.sort_order, m.id)
      from milestones m where m.workspace_id = s.workspace_id and m.project_id = j.id), '[]'),
    'updates', coalesce((select json_agg(json_build_object('id', u.id, 'title', u.title, 'body', u.body,
        'percent', u.percent, 'at', u.created_at) order by u.created_at desc, u.id desc)
      from (select * from progress_updates u where u.workspace_id = s.workspace_id and u.project_id = j.id
        order by u.created_at desc, u.id desc limit 50) u), '[]'),
    'events', coalesce((select json_agg(json_build_object('number', e.number, 'kind', e.kind, 'at', e.at,
        'by', e.actor_kind, 'data', e.data) order by e.number desc)
      from (select * from events e
        where e.workspace_id = s.workspace_id and e.project_id = j.id and e.audience = 'both'
          and e.kind not in ('message_posted', 'comment_added', 'comment_resolved', 'comment_reopened')
        order by e.number desc limit 50) e), '[]'),
    'unreadMessages', (select count(*) from (
      select from messages g
        where g.workspace_id = s.workspace_id and g.project_id = j.id and not (g.author_kind = 'client' and g.author_id = $2)
          and g.number > coalesce((select r.number from message_reads r where r.workspace_id = s.workspace_id
            and r.project_id = j.id and r.reader_kind = 'client' and r.reader_id = $2), 0)
        limit 100) g where $2 is not null)
  ) end
) as "hydration!: Json<Hydration>"
from shown s
  cross join goods
  cross join due
  join clients l on l.workspace_id = s.workspace_id and l.id = s.client_id
  join contacts c on c.workspace_id = s.workspace_id and c.id = s.reader_id
  left join companies o on o.workspace_id = c.workspace_id and o.id = c.company_id
  left join projects j on j.workspace_id = s.workspace_id and j.id = s.project_id
  left join proposal_versions w on w.workspace_id = s.workspace_id and w.proposal_id = s.id and w.version = s.v
