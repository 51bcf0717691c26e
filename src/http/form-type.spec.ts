import { boundaryOf, isForm } from './form-type.js';

it.each<[type: string, boundary: string | null]>([
  ['multipart/form-data; boundary=----WebKitFormBoundaryAbc', '----WebKitFormBoundaryAbc'],
  ['Multipart/Form-Data;charset=utf-8;BOUNDARY="a b"', 'a b'],
  ['multipart/form-data; boundary=----=_Part_1', '----=_Part_1'],
  ['multipart/form-data; x="; boundary=a"; boundary=b', 'b'],
  ['multipart/form-data', null],
  ['multipart/form-data; boundary=', null],
  ['multipart/form-data; boundary=a; boundary=b', null],
  ['multipart/form-data; boundary=a; boundary*=utf-8\'\'b', null],
  ['multipart/form-data; boundary*0=a; boundary*1=b', null],
  ['multipart/form-data; boundary="a\\"b"', null],
  ['multipart/form-data; boundary="é"', null],
  ['multipart/form-data; boundary=a,b', null],
  ['multipart/form-data, x; boundary=a', null],
  ['multipart/form-data boundary=a', null],
  [`multipart/form-data; boundary=${'a'.repeat(71)}`, null],
])('%s has the boundary %j, and is a form to some reader', (type, boundary) => {
  expect([isForm(type), boundaryOf(type)]).toEqual([true, boundary]);
});

it.each(['multipart/mixed; boundary=a', 'multipart/form-data2; boundary=a', 'application/json'])('%s is none', (type) => expect(isForm(type)).toBe(false));
