export const ROOT = '/api/v1/open'
export const LICENCE = 'https://creativecommons.org/licenses/by/4.0/'

/** What has to stand beside the figures. */
export const METHOD = {
  vi: 'Số thiết bị khác nhau đã vào mạng, không phải số người. Dưới 1.000 làm tròn đến 10, từ 1.000 trở lên làm tròn đến 100; low và high là khoảng chứa số thật (với ước lượng: trong 95 trên 100 trường hợp). Không có dòng nghĩa là dưới 10 thiết bị, không có thiết bị nào, hoặc con số sẽ làm lộ một số khác. Điện thoại đổi địa chỉ được đếm lại: số của ngày gần đúng, số của tháng là mức cao nhất. Không cộng số của các ngày, tuần, tháng hay địa điểm với nhau. Một con số chỉ được công bố khi không còn thay đổi.',
  en: 'Different devices that got online, not people. Rounded to 10, from 1,000 on to 100; low and high hold the true count (of an estimate in 95 of 100 cases). No row means fewer than 10 devices, none, or a figure that would tell another one. A phone that changes its address counts again: a day is close, a month is an upper bound. Figures of days, weeks, months or places must not be added. A figure is told once nothing can change it any more.',
} as const

const distribution = (name: string, mediaType: string) => ({
  '@type': 'dcat:Distribution',
  accessURL: `${ROOT}/${name}`,
  mediaType,
  license: LICENCE,
})

/** The feeds, in the words of DCAT 3. Addresses are without a host: that of whoever asks is not to be trusted. */
export const catalogue = {
  '@type': 'dcat:Catalog',
  title: { vi: 'Dữ liệu mở của Wi-Fi Hà Nội', en: 'Open data of Hà Nội Wi-Fi' },
  license: LICENCE,
  describedBy: '/api/v1/openapi.json',
  dataset: [
    {
      '@type': 'dcat:Dataset',
      identifier: 'hotspots',
      title: { vi: 'Điểm Wi-Fi miễn phí', en: 'Free Wi-Fi hotspots' },
      accrualPeriodicity: 'http://purl.org/cld/freq/continuous',
      distribution: [distribution('hotspots.geojson', 'application/geo+json')],
    },
    {
      '@type': 'dcat:Dataset',
      identifier: 'reach',
      title: { vi: 'Số thiết bị đã vào mạng', en: 'Devices that got online' },
      description: METHOD,
      accrualPeriodicity: 'http://purl.org/cld/freq/daily',
      distribution: [distribution('reach.json', 'application/json'), distribution('reach.csv', 'text/csv')],
    },
  ],
} as const
