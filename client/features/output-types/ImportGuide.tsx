import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { saveFile } from '../../components/saveFile.js';
import { graphql } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';

const GuideQuery = graphql(`
  query LegacyImportGuide {
    legacyImportGuide {
      example
      columns {
        names
        description
      }
    }
  }
`);

/** What an export may say, and an example of one. */
export function ImportGuide() {
  const [answer] = useQuery({ query: GuideQuery });
  const guide = answer.data?.legacyImportGuide;
  return (
    <section className="card" aria-labelledby="import-guide">
      <div className="card-header">
        <div className="import-words">
          <h2 id="import-guide">What the file may say</h2>
          <p className="muted">
            One output type a row: CSV with a header, or JSON with a list of objects. Every column that is not listed
            here is taken for a render setting and kept.
          </p>
        </div>
        {guide && (
          <Button icon="download" onClick={() => saveFile('output-types-example.csv', 'text/csv', guide.example)}>
            Download an example
          </Button>
        )}
      </div>
      <Listing
        what="the columns"
        answer={answer}
        isEmpty={guide?.columns.length === 0}
        empty={null}
        columns={['Column', 'Also called', 'What it says']}
      >
        {guide?.columns.map(({ names: [name, ...others], description }) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td className="muted mono">{others.join(', ')}</td>
            <td>{description}</td>
          </tr>
        ))}
      </Listing>
    </section>
  );
}
