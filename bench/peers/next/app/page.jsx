import { rows } from '../lib/db.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return (
    <main>
      <h1>Tickets</h1>
      <table>
        <thead>
          <tr><th>Reference</th><th>Title</th><th>Status</th><th>Priority</th><th>Category</th><th>Place</th><th>Postcode</th><th>Reported</th></tr>
        </thead>
        <tbody>
          {(await rows()).map((row) => (
            <tr key={row.id} className={`row row--${row.priority.toLowerCase()}`}>
              <td><a href={`/staff/tickets/${row.id}`}>{row.reference}</a></td>
              <td>{row.title}</td>
              <td>{row.status}</td>
              <td>{row.priority}</td>
              <td>{row.category}</td>
              <td>{row.place}</td>
              <td>{row.postcode}</td>
              <td>{row.created}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
