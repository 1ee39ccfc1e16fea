import t from 'tap'
import { forms, headline, links, metaRefresh, parseRefresh } from '../../../../cli/simulate/browser/html.ts'

const AT = 'http://127.0.0.1:8080/g/coova-chilli?res=notyet'

t.test('a form is read as a browser without script sees it', async (t) => {
  const page = `
    <!-- <form method="post" action="/login/click-through?from=comment"></form> -->
    <script>document.write('<form method="post" action="/login/script"></form>')</script>
    <form class=go METHOD='Post' action="/login/click-through?v=abc&amp;lang=vi">
      <input type="hidden" name="v" value="a&quot;b&#x1F44B;&#38;">
      <input type=checkbox name=unticked value=1><input type="checkbox" name="ticked" value="1" checked>
      <input name="off" value="x" disabled>
      <input id="no-name" value="x">
      <button class="go">Kết nối ngay</button><button name="b" value="1">x</button>
      <input type="submit" name="other" value="2">
    </form>
    <form action="http://10.1.0.1/logout"><input name=code></form>`
  t.same(forms(page, AT), [
    {
      method: 'POST',
      action: 'http://127.0.0.1:8080/login/click-through?v=abc&lang=vi',
      fields: [
        { name: 'v', value: 'a"b👋&', type: 'hidden' },
        { name: 'ticked', value: '1', type: 'checkbox' },
        { name: 'b', value: '1', type: 'submit' },
        { name: 'other', value: '2', type: 'submit' },
      ],
    },
    { method: 'GET', action: 'http://10.1.0.1/logout', fields: [{ name: 'code', value: '', type: 'text' }] },
  ])
})

t.test('a form without action goes back to its page', async (t) => {
  t.equal(forms('<form method=post></form>', AT)[0]?.action, AT)
})

t.test('a refresh is read from meta and header', async (t) => {
  t.same(metaRefresh('<meta http-equiv="refresh" content="3;url=/status?v=1&amp;n=2">', AT), {
    seconds: 3,
    url: 'http://127.0.0.1:8080/status?v=1&n=2',
  })
  t.same(parseRefresh("5; URL='http://x.test/a'", AT), { seconds: 5, url: 'http://x.test/a' })
  t.same(parseRefresh('2', AT), { seconds: 2, url: AT })
  t.equal(parseRefresh('soon', AT), null)
  t.equal(metaRefresh('<meta charset="utf-8">', AT), null)
})

t.test('links and the headline are read', async (t) => {
  const page =
    '<title>T</title><h1 class="place">Hồ <b>Hoàn&nbsp;Kiếm</b></h1><a href="/ma?v=1">x</a><a>y</a>'
  t.same(links(page, AT), ['http://127.0.0.1:8080/ma?v=1'])
  t.equal(headline(page), 'Hồ Hoàn Kiếm')
  t.equal(headline('<title>Lỗi</title>'), 'Lỗi')
  t.equal(headline(''), '')
})
