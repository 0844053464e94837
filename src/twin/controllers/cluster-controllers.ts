import type { Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import { storedAs } from '../api/resource-type.ts'
import type { Controller } from '../control-loop/controller.ts'
import { as } from '../kube-object.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import type { TwinClient } from '../twin-client.ts'
import { DisruptionController } from './disruption/disruption-controller.ts'
import { StaleDisruptionController } from './disruption/stale-disruption-controller.ts'
import { EndpointSliceController } from './endpoint-slices/endpoint-slice-controller.ts'
import { EndpointsController } from './endpoints/endpoints-controller.ts'
import { SelectedByServices } from './endpoints/selected-by-services.ts'
import { GarbageCollector } from './garbage/garbage-collector.ts'
import { KnownKinds } from './known-kinds.ts'
import { LabelledObjects } from './labelled-objects.ts'
import { type ClusterLatencies, usualLatencies } from './latencies.ts'
import { NamespaceController } from './namespace/namespace-controller.ts'
import { NodeIpamController } from './node-ipam/node-ipam-controller.ts'
import type { KubeletPresence } from './node-lifecycle/kubelet-presence.ts'
import { NodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts'
import { TaintEvictionController } from './node-lifecycle/taint-eviction-controller.ts'
import { NodeTtlController } from './node-ttl/node-ttl-controller.ts'
import { PodGarbageCollector } from './pod-garbage/pod-garbage-collector.ts'
import { RootCaPublisher } from './service-account/root-ca-publisher.ts'
import { ServiceAccountController } from './service-account/service-account-controller.ts'
import { TokenController, type TokenSubject } from './service-account/token-controller.ts'
import { AttachDetachController } from './volumes/attach-detach-controller.ts'
import { ClaimUsers } from './volumes/claim-users.ts'
import { NodeVolumeReporter } from './volumes/node-volume-reporter.ts'
import { Provisioner } from './volumes/provisioner.ts'
import { VolumeAttacher } from './volumes/volume-attacher.ts'
import { VolumeBinder } from './volumes/volume-binder.ts'
import { VolumeProtection } from './volumes/volume-protection.ts'

export interface ClusterControllerOptions {
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** Minor of Kubernetes 1 whose controllers these are. */
  readonly minor: number
  readonly latencies?: ClusterLatencies
  /** Which kubelets are there, where no heartbeats are written. */
  readonly presence?: KubeletPresence
  /** IPv4 range of all pods, cut into /24s for the nodes; nodes get none when it is missing. */
  readonly clusterCidr?: string
  /** PEM of the cluster's CA; a placeholder unless told. */
  readonly rootCertificate?: string
  /** Makes the tokens in Secrets; Secrets get none, and none are made, when it is missing. */
  readonly tokenFor?: (subject: TokenSubject) => string
}

/** Since then there is a ConfigMap with the cluster's CA in every namespace. */
const rootCaMinor = 20
/** Since then pods carry the condition DisruptionTarget (beta, on by default). */
const stalePodsMinor = 26
const placeholderCertificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'

/** The controllers of kube-controller-manager beside those of workloads, and what stands in for a cluster's storage drivers. */
export function clusterControllers(client: TwinClient, options: ClusterControllerOptions): readonly Controller[] {
  const { minor, clusterCidr } = options
  const resources = new Set(resourceTypes(minor).map(storedAs))
  const kinds = new KnownKinds(client.store, resourceTypes(minor))
  const pods = new LabelledObjects(client.store, 'pods')
  const endpoints = { minor, pods, services: new SelectedByServices(client.store) }
  return [
    new DisruptionController(client, { ...options, kinds, pods }),
    ...(minor < stalePodsMinor ? [] : [new StaleDisruptionController(client, options)]),
    new GarbageCollector(client, kinds),
    new NamespaceController(client, options),
    ...accountControllers(client, options),
    new EndpointsController(client, endpoints),
    ...(resources.has('endpointslices.discovery.k8s.io') ? [new EndpointSliceController(client, endpoints)] : []),
    ...nodeControllers(client, options),
    new NodeTtlController(client),
    ...(clusterCidr === undefined ? [] : [new NodeIpamController(client, { clusterCidr })]),
    ...volumeControllers(client, options),
  ]
}

function accountControllers(client: TwinClient, options: ClusterControllerOptions): readonly Controller[] {
  const { minor, rootCertificate = placeholderCertificate, tokenFor } = options
  return [
    new ServiceAccountController(client),
    ...(minor < rootCaMinor ? [] : [new RootCaPublisher(client, { minor, rootCertificate })]),
    ...(tokenFor === undefined ? [] : [new TokenController(client, { minor, rootCertificate, tokenFor })]),
  ]
}

function nodeControllers(client: TwinClient, options: ClusterControllerOptions): readonly Controller[] {
  const podsByNode = client.store.index('pods', (pod) => {
    const { nodeName = '' } = as<Pod>(pod).spec ?? {}
    return nodeName === '' ? [] : [nodeName]
  })
  const shared = { ...options, podsByNode }
  return [new NodeLifecycleController(client, shared), new TaintEvictionController(client, shared), new PodGarbageCollector(client, shared)]
}

function volumeControllers(client: TwinClient, options: ClusterControllerOptions): readonly Controller[] {
  const users = new ClaimUsers(client.store)
  const shared = { ...options, ...(options.latencies ?? usualLatencies), users }
  return [
    new VolumeBinder(client, shared),
    new VolumeProtection(client, users),
    new Provisioner(client, shared),
    new AttachDetachController(client, shared),
    new VolumeAttacher(client, shared),
    new NodeVolumeReporter(client),
  ]
}
