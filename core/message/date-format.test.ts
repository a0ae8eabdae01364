import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileDateFormat } from './date-format.ts';

describe('date forms', () => {
  const read = (format: string, text: string) => compileDateFormat(format)?.(text);

  it('read what they say, and nothing else', () => {
    assert.equal(read('M/d/yyyy', '7/1/2017'), '2017-07-01');
    assert.equal(read('M/d/yyyy', '07/01/2017'), '2017-07-01');
    assert.equal(read('yyyyMMdd', '20170701'), '2017-07-01');
    assert.equal(read('yyyy-MM-dd', '2017-7-01'), null);
    assert.equal(read('d.M.yyyy', '31.12.1999'), '1999-12-31');
  });

  it('know the calendar', () => {
    assert.equal(read('yyyy-MM-dd', '2015-02-30'), null);
    assert.equal(read('yyyy-MM-dd', '2015-13-01'), null);
    assert.equal(read('yyyy-MM-dd', '2024-02-29'), '2024-02-29');
    assert.equal(read('yyyy-MM-dd', '2023-02-29'), null);
    assert.equal(read('yyyy-MM-dd', '0000-00-00'), null);
    assert.equal(read('yyyy-MM-dd', '0001-01-02'), null);
  });

  it('read the day that stands for since ever', () => {
    assert.equal(read('yyyy-MM-dd', '0001-01-01'), '0001-01-01');
    assert.equal(read('yyyy-MM-dd HH:mm:ss', '0001-01-01 00:00:00'), '0001-01-01');
    assert.equal(read('dd.MM.yyyy', '01.01.0001'), '0001-01-01');
  });

  it('need a year, a month and a day, once each', () => {
    for (const format of ['yyyy', 'yyyy-MM', 'yyyy-MM-dd-dd', '']) {
      assert.equal(compileDateFormat(format), null, format);
    }
  });

  it('are none where nothing could ever fit them', () => {
    for (const format of ['yyMMdd', 'dd-MMM-yyyy', 'DD/MM/YYYY', 'yyyy-MM-ddZ', 'ddd/MM/yyyy']) {
      assert.equal(compileDateFormat(format), null, format);
    }
  });

  it('read over a time of the day', () => {
    assert.equal(read('yyyy-MM-dd HH:mm:ss', '2013-04-12 00:00:00'), '2013-04-12');
    assert.equal(read('yyyy-MM-ddTHH:mm:ss', '2013-04-12T07:30:00'), '2013-04-12');
    assert.equal(read('yyyy-MM-dd HH:mm:ss.S', '2013-04-12 00:00:00.0'), '2013-04-12');
    assert.equal(read('yyyy-MM-dd HH:mm:ss', '2013-04-12'), null);
    assert.equal(read('yyyy-MM-dd HH:mm:ss', '2013-02-30 00:00:00'), null);
  });

  it('give back every day that is written in them', () => {
    const day = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        const [year = '', month = '', dayOfMonth = ''] = iso.split('-');
        assert.equal(read('yyyyMMdd', `${year}${month}${dayOfMonth}`), iso);
        assert.equal(read('M/d/yyyy', `${Number(month)}/${Number(dayOfMonth)}/${year}`), iso);
      }),
    );
  });
});
