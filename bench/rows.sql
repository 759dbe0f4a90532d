select t.id::text as id,
       t.reference,
       t.title,
       t.status,
       t.priority,
       t.category,
       p.line1 || ', ' || p.city as place,
       p.postcode,
       to_char(t.created_at at time zone 'Europe/London', 'DD Mon YYYY HH24:MI') as created
from (
  select org_id, id, reference, title, status, priority, category, property_id, created_at
  from tickets
  where org_id = app.org_id() and deleted_at is null
  order by created_at desc, id desc
  limit 1000
) t
join properties p on p.org_id = t.org_id and p.id = t.property_id
order by t.created_at desc, t.id desc
