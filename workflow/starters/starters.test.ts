import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../modules/define.js';
import { callerForm, callerIssues } from '../callerParams.js';
import { canonicalGraphJson } from '../canonical.js';
import { compilePlan } from '../compilePlan.js';
import { familyDefinition } from '../families.js';
import { resolveParams } from '../invocation.js';
import { adaptLegacySettings } from '../legacy/settings.js';
import { nodeDefinition } from '../nodeDefinitions.js';
import { parseGraph, validateGraph } from '../validate.js';
import { STARTERS } from './index.js';

const byKey = (key: string) => STARTERS.find((starter) => starter.key === key)!;

describe('starter workflows', () => {
  it('are all listed, here and in their family', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
    expect(STARTERS.map(({ key }) => `${key}.json`).sort()).toEqual(files.sort());
    for (const family of FAMILIES) {
      const keys = STARTERS.filter((starter) => starter.family === family).map(({ key }) => key);
      expect(familyDefinition(family).starters).toEqual(keys);
    }
  });

  it.each(STARTERS.map((starter) => [starter.key, starter] as const))('%s has no findings', (_, { graph }) => {
    expect(validateGraph(graph, nodeDefinition)).toEqual([]);
    expect(parseGraph(JSON.parse(canonicalGraphJson(graph))).findings).toEqual([]);
  });

  it.each(STARTERS.map((starter) => [starter.key, starter] as const))(
    '%s is drawn from left to right',
    (_, { graph }) => {
      const place = new Map(graph.nodes.map(({ id, ui }) => [id, ui!]));
      expect(new Set([...place.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(graph.nodes.length);
      for (const { from, to } of graph.edges) expect(place.get(to.node)!.x).toBeGreaterThan(place.get(from.node)!.x);
    },
  );

  it('cad_intake becomes a plan', () => {
    const { graph } = byKey('cad_intake');
    const { nodes } = compilePlan(graph, nodeDefinition, resolveParams(graph, nodeDefinition).params);
    expect(nodes.map(({ id, level }) => `${level} ${id}`)).toEqual([
      '0 step',
      '1 objects',
      '1 bbox',
      '1 glb',
      '2 proposal',
      '2 thumbnail',
    ]);
    expect(nodes[4]!.bindings).toEqual({
      objects: [{ from: 'node', idx: 1, port: 'objects' }],
      materialLibrary: [{ from: 'entry', slot: 'materialLibrary' }],
    });
  });

  it('order_still becomes a plan', () => {
    const { graph } = byKey('order_still');
    const { nodes } = compilePlan(graph, nodeDefinition, resolveParams(graph, nodeDefinition).params);
    expect(nodes.map(({ id, level, moduleKey }) => `${level} ${id} ${moduleKey}`)).toEqual([
      '0 step cad.resolve_step_path',
      '0 template render.resolve_template',
      '1 objects cad.extract_objects',
      '1 glb cad.export_glb',
      '1 bbox cad.compute_bbox',
      '2 map materials.resolve_map',
      '3 still render.blender_still',
      '4 publish output.publish_asset',
      '5 notify output.notify',
    ]);
    const entries = nodes.flatMap(({ id, bindings }) =>
      Object.values(bindings)
        .flat()
        .flatMap((binding) => (binding.from === 'entry' ? `${id} ${binding.slot}` : [])),
    );
    expect(entries).toEqual([
      'step stepSource',
      'template templateLibrary',
      'map materialLibrary',
      'map product',
      'map orderLine',
      'publish product',
      'publish orderLine',
      'publish outputType',
      'notify product',
      'notify orderLine',
      'notify outputType',
    ]);
  });

  it('order_turntable becomes a plan of parts', () => {
    const { graph } = byKey('order_turntable');
    const animation = { frames: 10, fps: 10 };
    const { params, findings } = resolveParams(graph, nodeDefinition, { outputType: { animation } });
    expect(findings).toEqual([]);
    const { nodes } = compilePlan(graph, nodeDefinition, params);
    expect(nodes.map(({ id, level, moduleKey }) => `${level} ${id} ${moduleKey}`).slice(6)).toEqual([
      '3 turntable/1 render.turntable_frames',
      '3 turntable/2 render.turntable_frames',
      '3 turntable/3 render.turntable_frames',
      '4 turntable render.blender_turntable',
      '5 publish output.publish_asset',
      '6 notify output.notify',
    ]);
  });

  it('order_turntable takes what old turntable settings turn into', () => {
    const settings = {
      frames: '36',
      duration: 3,
      rotation_direction: 'cw',
      start_angle: 30,
      file_format: 'webm',
      transparent_bg: 1,
    };
    const { overrides } = adaptLegacySettings(settings, { artifactKind: 'turntable_video' });
    const resolved = resolveParams(byKey('order_turntable').graph, nodeDefinition, { outputType: overrides });
    expect(resolved.findings).toEqual([]);
    expect(resolved.params.turntable).toMatchObject({
      animation: { frames: 36, fps: 12, direction: 'clockwise', startDeg: 30, axis: 'z', degrees: 360 },
      format: 'webm',
      transparent: true,
    });
  });

  it('order_blend becomes a plan', () => {
    const { graph } = byKey('order_blend');
    const { nodes } = compilePlan(graph, nodeDefinition, resolveParams(graph, nodeDefinition).params);
    expect(nodes.slice(-3).map(({ id, moduleKey }) => `${id} ${moduleKey}`)).toEqual([
      'blend render.export_blend',
      'publish output.publish_asset',
      'notify output.notify',
    ]);
  });

  it('order_all takes a file format for each of its files', () => {
    const { graph } = byKey('order_all');
    const { params, findings } = resolveParams(graph, nodeDefinition, {
      outputType: { 'still.format': 'jpeg', 'turntable.format': 'webm' },
    });
    expect([findings, params.still!.format, params.turntable!.format]).toEqual([[], 'jpeg', 'webm']);
    const form = callerForm(graph, nodeDefinition, { overrides: {}, callerParams: { format: {} } });
    expect(form.issues).toEqual([]);
    for (const format of ['exr', 'mp4']) expect(callerIssues(form, { format })).toEqual([]);
    expect(callerIssues(form, { format: 'gif' })).toHaveLength(1);
  });

  it('order_still takes what old render settings turn into', () => {
    const settings = {
      resolution: '2k',
      render_samples: '128',
      render_engine: 'CYCLES',
      transparent_bg: 0,
      bg_color: '#F0F0F0',
      file_format: 'JPG',
      jpeg_quality: 90,
      material_override: 'steel',
      denoise: true,
      camera_angle: 35,
      elevation: 20,
      focal_length: 85,
      template: 'studio_soft',
      shadow_catcher: true,
    };
    const { overrides, findings } = adaptLegacySettings(settings, { artifactKind: 'still_image' });
    expect(findings).toEqual([]);
    const resolved = resolveParams(byKey('order_still').graph, nodeDefinition, { outputType: overrides });
    expect(resolved.findings).toEqual([]);
    expect(resolved.params.still).toMatchObject({
      resolution: { width: 2048, height: 2048 },
      samples: 128,
      engine: 'cycles',
      transparent: false,
      backgroundColor: '#f0f0f0',
      format: 'jpeg',
      imageQuality: 90,
      camera: { azimuthDeg: 35, elevationDeg: 20, lensMm: 85 },
    });
    expect(resolved.params.map!.materials).toEqual({ all: 'steel' });
    expect(resolved.origins.template!.template).toBe('output_type');
  });
});
