// What is said in the world in memory.

export const QUESTION = `This query takes 9 seconds on 2 million rows. Why?

\`\`\`sql
SELECT * FROM orders WHERE lower(email) = 'ana@example.org'
\`\`\``;

export const ANSWER = `Because \`lower(email)\` hides the column from its index: the database has to compute it for every row. You can give it an index on the expression itself:

\`\`\`sql
CREATE INDEX orders_email_lower ON orders (lower(email));
\`\`\`

After that the same query reads a handful of pages. If you control the writes, storing the address in lower case once is simpler still:

| Way | Read | Write |
|---|---|---|
| Index on the expression | ~1 ms | a little slower |
| Store lower case | ~1 ms | unchanged |
`;

export const REASONING =
  'The function on the column is the point. An index on the expression mends it; I should show both ways.';

export const SECOND = 'And for a search by part of the name?';

export const STREAMED = `Then an ordinary index does not help, because the match can start anywhere. A **trigram index** does: it splits every name into pieces of three letters.

1. Install the extension once.
2. Build the index on the column.
3. Search as before, with \`LIKE '%ana%'\`.

\`\`\`sql
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX orders_name_trgm ON orders USING gin (name gin_trgm_ops);
\`\`\`

It takes about a third of the column's size on disk, and inserts become a little slower. For names shorter than three letters the database falls back to reading the table, so a form should ask for at least three.`;
