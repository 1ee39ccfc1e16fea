import t from 'tap'
import { audit } from '../../core/records/audit.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

t.test('the audit is read a page at a time, of all or of one, and each look is a line', async (t) => {
  await stage.clear()
  await stage.publish([site('mine')], [])
  for (let i = 0; i < 130; i++)
    await audit(stage.records, i % 2 ? 'lan' : 'minh', 'voucher.create', `<b>${i}</b>`, {
      count: i,
      batch: 'x',
    })
  const staff = await stage.enter('auditor')
  await staff.get('/audit')
  t.match(staff.page, '&lt;b&gt;129&lt;/b&gt;')
  t.match(staff.page, 'batch: x, count: 129')
  t.notMatch(staff.page, '&lt;b&gt;29&lt;/b&gt;')
  const older = /href="(\/audit\?before=\d+)"/.exec(staff.page)![1]!
  await staff.get(older)
  t.match(staff.page, '&lt;b&gt;29&lt;/b&gt;')
  t.match(staff.page, '&lt;b&gt;0&lt;/b&gt;')
  t.notMatch(staff.page, 'Cũ hơn', 'that was the last page')

  await staff.get('/audit?who=lan')
  t.match(staff.page, '&lt;b&gt;129&lt;/b&gt;')
  t.notMatch(staff.page, '&lt;b&gt;128&lt;/b&gt;')
  await staff.get('/audit?before=x&who=nobody')
  t.match(staff.page, 'Không có dòng nào')
  await staff.get('/audit?who=linh')
  t.match(staff.page, /audit\.look.*who: lan/s)
})
