import type { JsonSchema } from '@jsonforms/core';
import { useEffect, useState } from 'react';
import { useMutation } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { sameJson } from '../../components/sameJson.js';
import { TextField } from '../../components/TextField.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import type { MaterialFieldsFragment, TextureChannel } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useArchiving } from '../../shared/useArchiving.js';
import { FileSlot } from './FileSlot.js';
import {
  ArchiveMaterial,
  RemoveBlend,
  RemoveTexture,
  UpdateMaterial,
  UploadBlend,
  UploadTexture,
} from './operations.js';
import { Swatch } from './Swatch.js';

const CHANNELS: { channel: TextureChannel; label: string }[] = [
  { channel: 'baseColor', label: 'Base colour' },
  { channel: 'metallic', label: 'Metallic' },
  { channel: 'roughness', label: 'Roughness' },
  { channel: 'normal', label: 'Normal map' },
];

/** Edits one material: its values by a form drawn from their schema, its textures and its .blend file. */
export function MaterialPanel({
  material,
  form,
  onClose,
}: {
  material: MaterialFieldsFragment;
  form: { schema: unknown; uiSchema: unknown; defaults: unknown };
  onClose: () => void;
}) {
  const [label, setLabel] = useState(material.label);
  const [properties, setProperties] = useState<unknown>(material.properties);
  const [blendName, setBlendName] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching }, update] = useMutation(UpdateMaterial);
  const [, archive] = useMutation(ArchiveMaterial);
  const [, uploadTexture] = useMutation(UploadTexture);
  const [, removeTexture] = useMutation(RemoveTexture);
  const [, uploadBlend] = useMutation(UploadBlend);
  const [, removeBlend] = useMutation(RemoveBlend);
  // What was saved, here or elsewhere, is what is edited from now on.
  useEffect(() => {
    setLabel(material.label);
    setProperties(material.properties);
  }, [material.label, material.properties]);
  const isChanged = label !== material.label || !sameJson(properties, material.properties);
  const id = material.id;

  const save = async () => {
    const { data, error } = await update({
      input: { materialId: id, revision: material.revision, label, properties: properties as never },
    });
    setProblem(problemOf(data?.updateMaterial, error));
  };
  const setArchived = useArchiving(setProblem);
  const toggle = () =>
    setArchived(material.label, !material.archivedAt, async (isArchived) => {
      const { data, error } = await archive({ input: { materialId: id, isArchived } });
      return problemOf(data?.archiveMaterial, error);
    });

  return (
    <aside className="panel" aria-label={`Material ${material.label}`}>
      <header className="panel-head">
        <Swatch material={{ ...material, properties }} size={44} />
        <div className="panel-title">
          <h2>{material.label}</h2>
          <p className="muted mono">{material.name}</p>
        </div>
        {material.archivedAt && <Badge tone="calm">Archived</Badge>}
        <IconButton icon="close" label="Close the material" onClick={onClose} />
      </header>
      <div className="panel-body">
        {problem && <ProblemCallout problem={problem} />}
        <TextField label="Name" value={label} maxLength={120} onChange={setLabel} />
        <SchemaForm
          schema={form.schema as JsonSchema}
          uiSchema={form.uiSchema}
          value={properties}
          defaults={form.defaults}
          messages={problem?.issues.map(({ path, message }) => ({ path: path.replace('/properties', ''), message }))}
          onChange={setProperties}
        />
        <div className="page-actions">
          <Button look="primary" needs="author" isBusy={fetching} disabled={!isChanged} onClick={save}>
            Save
          </Button>
          <Button
            disabled={!isChanged}
            onClick={() => {
              setLabel(material.label);
              setProperties(material.properties);
              setProblem(null);
            }}
          >
            Undo
          </Button>
          <Button needs="author" onClick={toggle}>
            {material.archivedAt ? 'Offer again' : 'Archive'}
          </Button>
        </div>
        <section className="panel-section">
          <h3>Textures</h3>
          <p className="field-help">Tileable PNG, JPEG or WebP; each takes the place of the value of its name.</p>
          <ul className="file-slots">
            {CHANNELS.map(({ channel, label: name }) => {
              const artifact = material.textures.find((each) => each.channel === channel)?.artifact;
              return (
                <FileSlot
                  key={channel}
                  label={name}
                  fileName={artifact?.fileName ?? null}
                  picture={artifact ?? undefined}
                  accept="image/png,image/jpeg,image/webp"
                  onProblem={setProblem}
                  takeIn={async (uploadId) => {
                    const { data, error } = await uploadTexture({ input: { materialId: id, channel, uploadId } });
                    return problemOf(data?.uploadMaterialTexture, error);
                  }}
                  onRemove={async () => {
                    const { data, error } = await removeTexture({ input: { materialId: id, channel } });
                    return problemOf(data?.removeMaterialTexture, error);
                  }}
                />
              );
            })}
          </ul>
        </section>
        <section className="panel-section">
          <h3>Blender material</h3>
          <p className="field-help">
            Renders then take the material from this .blend file; the values above stay for viewers without Blender.
          </p>
          <TextField
            label="Name in the file"
            help="May be left out when the file has only one material."
            value={blendName}
            maxLength={63}
            placeholder={material.blendAsset?.material ?? ''}
            onChange={setBlendName}
          />
          <ul className="file-slots">
            <FileSlot
              label=".blend file"
              fileName={
                material.blendAsset
                  ? `${material.blendAsset.artifact?.fileName ?? ''} · ${material.blendAsset.material}`
                  : null
              }
              accept=".blend"
              onProblem={setProblem}
              takeIn={async (uploadId) => {
                const name = blendName.trim() || null;
                const { data, error } = await uploadBlend({ input: { materialId: id, material: name, uploadId } });
                return problemOf(data?.uploadMaterialBlend, error);
              }}
              onRemove={async () => {
                const { data, error } = await removeBlend({ id });
                return problemOf(data?.removeMaterialBlend, error);
              }}
            />
          </ul>
        </section>
      </div>
    </aside>
  );
}
