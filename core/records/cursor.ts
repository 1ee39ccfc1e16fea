import type { Records } from './database.ts'

export interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

const AT_ONCE = 500

/**
 * Rows of queries, one query after the other, as fast as they are asked for: never more than a few hundred are in memory,
 * and all are of the moment at which the first was asked for. Whoever asks for none during a minute gets no more.
 */
export async function* rowsOf<Row extends object>(
  records: Records,
  queries: Iterable<Query>,
): AsyncGenerator<Row, void> {
  const client = await records.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query("SET LOCAL idle_in_transaction_session_timeout = '60s'")
    for (const { text, values } of queries) {
      await client.query(`DECLARE step NO SCROLL CURSOR FOR ${text}`, [...values])
      for (let count = AT_ONCE; count === AT_ONCE;) {
        const { rows } = await client.query<Row>(`FETCH ${AT_ONCE} FROM step`)
        yield* rows
        count = rows.length
      }
      await client.query('CLOSE step')
    }
  } finally {
    await client.query('ROLLBACK').catch((error: Error) => (broken = error))
    client.release(broken)
  }
}

/** Rows that follow one another and have the same key, together. */
export async function* blocksOf<Row>(
  rows: AsyncIterable<Row>,
  keyOf: (row: Row) => string,
): AsyncGenerator<Row[], void> {
  let block: Row[] = []
  for await (const row of rows) {
    if (block.length > 0 && keyOf(row) !== keyOf(block[0]!)) {
      yield block
      block = []
    }
    block.push(row)
  }
  if (block.length > 0) yield block
}
