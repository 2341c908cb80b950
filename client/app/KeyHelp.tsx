import { Dialog } from '../components/Dialog.js';

/** Keys that mean the same wherever they work. */
const KEYS: { where: string; keys: [keys: string[], what: string][] }[] = [
  {
    where: 'Everywhere',
    keys: [
      [['?'], 'Shows these keys'],
      [['/'], 'Goes to the search of the page'],
      [['F6'], 'Goes to the next part of the page; Shift F6 to the one before'],
      [['F8'], 'Goes to the newest notice, to undo or to go and look; again: back'],
      [['Esc'], 'Closes the window on top'],
      [['Enter'], 'In a form: does what its main button does'],
    ],
  },
  {
    where: 'Editing a workflow',
    keys: [
      [['/'], 'Finds a node to add; Enter adds it'],
      [['Ctrl', 'Z'], 'Undo'],
      [['Ctrl', 'Shift', 'Z'], 'Redo'],
      [['Ctrl', 'A'], 'Chooses all nodes'],
      [['Ctrl', 'C'], 'Copies what is chosen, for other workflows too'],
      [['Ctrl', 'X'], 'Cuts what is chosen'],
      [['Ctrl', 'V'], 'Pastes'],
      [['Ctrl', 'D'], 'Doubles what is chosen'],
      [['Delete'], 'Deletes the chosen nodes or connection'],
      [['Esc'], 'Chooses nothing'],
      [['R'], 'Chooses a run to show over the graph; Shift R hides it'],
      [['Ctrl', 'S'], 'Saves now; it is saved by itself as well'],
    ],
  },
  {
    where: 'Pictures and 3D views',
    keys: [
      [['+', '−'], 'Closer, and away'],
      [['0'], 'Fits'],
      [['← ↑ → ↓'], 'Moves the picture, turns the model'],
      [['W'], 'Shows the mesh of a model'],
    ],
  },
];

/** What can be done without the mouse. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const isMac = navigator.platform.startsWith('Mac');
  const nameOf = (key: string) => (isMac && key === 'Ctrl' ? '⌘' : key);
  return (
    <Dialog title="Keyboard" size="lg" onClose={onClose}>
      {KEYS.map(({ where, keys }) => (
        <section key={where} className="keys">
          <h3>{where}</h3>
          <dl>
            {keys.map(([names, what]) => (
              <div key={what}>
                <dt>
                  {names.map((name) => (
                    <kbd key={name}>{nameOf(name)}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
