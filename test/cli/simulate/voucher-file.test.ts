import { join } from 'node:path'
import t from 'tap'
import { readVouchers } from '../../../cli/simulate/voucher-file.ts'

t.test('codes are found however the listing nests them', async (t) => {
  const folder = t.testdir({
    list: JSON.stringify([
      { code: 'AAAA0001', site: 'hoa-lo' },
      { code: 'AAAA0002', site: 'hoa-lo', seconds: 3600 },
      { code: 'BBBB0001', site: 'van-mieu' },
    ]),
    object: JSON.stringify({ site: 'hoa-lo', codes: ['AAAA0001', 'AAAA0002'] }),
    behind: '[\n {"site":"hoa-lo","code":"AAAA0001"}\n]\n[\n {"site":"hoa-lo","code":"AAAA0002"}\n]\n',
    lines: '{"site":"hoa-lo","code":"AAAA0001"}\n{"site":"hoa-lo","code":"AAAA0002"}\n',
  })
  t.same(
    [...readVouchers(join(folder, 'list'))],
    [
      ['hoa-lo', ['AAAA0001', 'AAAA0002']],
      ['van-mieu', ['BBBB0001']],
    ],
  )
  for (const name of ['object', 'lines', 'behind'])
    t.same([...readVouchers(join(folder, name))], [['hoa-lo', ['AAAA0001', 'AAAA0002']]], name)
})

t.test('a file without codes is refused', async (t) => {
  const folder = t.testdir({ empty: '[]', text: 'AAAA0001' })
  for (const name of ['empty', 'text', 'missing'])
    t.throws(() => readVouchers(join(folder, name)), { code: 'no-vouchers' }, name)
})
