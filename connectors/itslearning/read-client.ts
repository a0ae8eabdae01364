import {
  findElement,
  type HttpClient,
  type JsonObject,
  localName,
  type Saying,
  SoapClient,
  type SoapLogin,
  saying,
  TransientFailure,
  type XmlDraft,
  type XmlElement,
} from '../../core/plugin.ts';
import { INSTANCE } from './services.ts';

const OPERATIONS = 'http://tempuri.org/';
const ENTITIES =
  'http://schemas.datacontract.org/2004/07/Itslearning.Integration.ContentImport.Model.ServiceEntities';
/** The vendor gives no more at once. */
const PAGE_SIZE = 100;

/** One of the lists that the service reads, as its operation and the namespace of what it asks. */
export interface ReadList {
  readonly operation: string;
  readonly entities: string;
}

export const COURSES: ReadList = { operation: 'ReadCourses', entities: ENTITIES };
export const ITEMS: ReadList = {
  operation: 'ReadCourseGradebookItems',
  entities: `${ENTITIES}.CourseGradebook.Items`,
};
export const ASSESSMENTS: ReadList = {
  operation: 'ReadCourseGradebookAssessments',
  entities: `${ENTITIES}.CourseGradebook.Assessments`,
};

/** Reads lists of itslearning's Organisation API (ReadDataService), page by page. */
export class ReadClient {
  readonly #soap: SoapClient;

  constructor(http: HttpClient, login: SoapLogin) {
    this.#soap = new SoapClient(http, login);
  }

  /**
   * The rows of a list: of one course, or of all where it is null. A row has the texts of its
   * elements by their names; what is empty is left out. Throws a SoapFault where the service says
   * no, and TARGET_ANSWER_UNREADABLE where an answer does not say what the page is.
   */
  async *pages(
    { operation, entities }: ReadList,
    course: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly JsonObject[]> {
    const of: readonly XmlDraft[] =
      course === null ? [] : [{ name: 'o:CourseSyncKey', text: course }];
    const what = `itslearning ${operation}`;
    for (let index = 0, read = 0; ; index += 1) {
      const page = [
        { name: 'e:PageIndex', text: String(index) },
        { name: 'e:PageSize', text: String(PAGE_SIZE) },
      ];
      const envelope = await this.#soap.call({
        ...{ path: 'ReadDataService.svc', what, header: [], signal },
        action: `${OPERATIONS}IReadDataService/${operation}`,
        namespaces: { t: OPERATIONS, e: ENTITIES, o: entities, xsi: INSTANCE },
        body: {
          name: `t:${operation}`,
          children: [{ name: 't:request', children: [...page, ...of] }],
        },
      });
      const result = findElement(envelope, `${operation}Result`);
      const total = numberIn(result, 'Total');
      if (result === undefined || total === null || numberIn(result, 'CurrentPageIndex') !== index)
        throw unreadable(saying('noListThere', { what }));
      const rows = rowsOf(result);
      yield rows.map(rowOf);
      read += rows.length;
      if (read >= total) return;
      // A page with nothing on it before the end: whatever else there is would be called gone.
      const how = saying('holdsOf', { seen: String(read), total: String(total) });
      if (rows.length === 0) throw unreadable(saying('listMisfit', { what, how }));
    }
  }
}

function unreadable(said: Saying): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', said);
}

function numberIn(result: XmlElement | undefined, name: string): number | null {
  const text = result?.children.find((one) => localName(one.name) === name)?.text.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** The one element of a result that has elements in it is the list. */
function rowsOf(result: XmlElement): readonly XmlElement[] {
  return result.children.find((one) => one.children.length > 0)?.children ?? [];
}

function rowOf(row: XmlElement): JsonObject {
  const said = row.children.map(({ name, text }) => [localName(name), text.trim()] as const);
  return Object.fromEntries(said.filter(([, text]) => text !== ''));
}
