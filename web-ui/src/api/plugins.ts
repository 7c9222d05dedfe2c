/** The plugins and devices of the fleet. */
import { useQuery } from "@tanstack/react-query";

import { api, contentOf, type Schemas } from "./client.ts";

export type PluginSummary = Schemas["PluginSummary"];
export type ToolManifest = Schemas["ToolManifest"];

/** While no worker has said what it has, it is asked for this often. */
const WAITING_MS = 2_000;
/** Workers come and go: after this long the list is read again when somebody looks. */
const STALE_MS = 30_000;

/** Every plugin of the fleet, those that could not be loaded among them. */
export function usePlugins() {
  return useQuery({
    queryKey: ["plugins"],
    queryFn: ({ signal }) => contentOf(api.GET("/v1/plugins", { signal })),
    select: (answer) => answer.plugins,
    staleTime: STALE_MS,
    refetchInterval: ({ state }) => (state.data?.plugins.length === 0 ? WAITING_MS : false),
  });
}

/** What a plugin says of itself and its tools. */
export function useManifest(plugin: string | null) {
  return useQuery({
    queryKey: ["manifest", plugin],
    queryFn: ({ signal }) =>
      contentOf(api.GET("/v1/plugins/{plugin}/manifest", { params: { path: { plugin: plugin ?? "" } }, signal })),
    enabled: plugin !== null,
    staleTime: STALE_MS,
  });
}

/** What the fleet can compute on. */
export function useDevices() {
  return useQuery({
    queryKey: ["devices"],
    queryFn: ({ signal }) => contentOf(api.GET("/v1/devices", { signal })),
    select: (answer) => answer.devices,
    staleTime: STALE_MS,
  });
}
