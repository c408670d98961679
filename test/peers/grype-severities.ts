/** As records have them. */
export const words = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'];
export const vectors = [
  { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', version: '3.1' },
  { vector: 'CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:C/C:L/I:L/A:N', version: '3.1' },
  { vector: 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', version: '3.0' },
  { vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', version: '2.0' },
  { vector: 'AV:L/AC:H/Au:M/C:C/I:N/A:N', version: '2.0' },
  { vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', version: '4.0' },
  { vector: 'CVSS:4.0/AV:L/AC:H/AT:P/PR:L/UI:P/VC:L/VI:N/VA:N/SC:L/SI:N/SA:N', version: '4.0' },
];
