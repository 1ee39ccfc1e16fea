import t from 'tap'
import { md5Blocks } from '../../../radius-server/packet/md5-blocks.ts'
import { md5Start } from '../../../radius-server/packet/md5.ts'

const message = new DataView(new ArrayBuffer(256))
for (let at = 0; at < 256; at++) message.setUint8(at, at * 7)

t.test('blocks taken together or one by one leave the same state', async (t) => {
  const together = md5Start.words.slice()
  const oneByOne = md5Start.words.slice()
  md5Blocks(together, message, 0, 256)
  for (let at = 0; at < 256; at += 64) md5Blocks(oneByOne, message, at, at + 64)
  t.same(together, oneByOne)
})

t.test('no block leaves the state as it was', async (t) => {
  const state = md5Start.words.slice()
  md5Blocks(state, message, 64, 64)
  t.same(state, md5Start.words)
})

t.test('the padding of an empty message gives the MD5 of nothing', async (t) => {
  const padding = new DataView(new ArrayBuffer(64))
  padding.setUint8(0, 0x80)
  const state = md5Start.words.slice()
  md5Blocks(state, padding, 0, 64)
  t.equal(Buffer.from(state.buffer).toString('hex'), 'd41d8cd98f00b204e9800998ecf8427e')
})
