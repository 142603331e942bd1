/**
 * read, fields: the fields of Services, endpoints, Nodes, policies, Ingresses, ServiceCIDRs, IPAddresses and the
 * multi-cluster kinds, status included (k8s.io/api: core/v1, discovery/v1, networking/v1; sigs.k8s.io/mcs-api).
 */

/** The format is explained in `known.ts`. */
export const SERVICES = `
Service: kind apiVersion metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
Endpoints: kind apiVersion metadata:ObjectMeta subsets:EndpointSubset
EndpointSlice: kind apiVersion metadata:ObjectMeta addressType endpoints:Endpoint ports:EndpointPort
NetworkPolicy: kind apiVersion metadata:ObjectMeta spec:NetworkPolicySpec status
Ingress: kind apiVersion metadata:ObjectMeta spec:IngressSpec status:IngressStatus
ServiceCIDR: kind apiVersion metadata:ObjectMeta spec:ServiceCIDRSpec status:ServiceCIDRStatus
IPAddress: kind apiVersion metadata:ObjectMeta spec:IPAddressSpec
Namespace: kind apiVersion metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
Node: kind apiVersion metadata:ObjectMeta spec:NodeSpec status:NodeStatus
ServiceExport: kind apiVersion metadata:ObjectMeta spec:ServiceExportSpec status:ServiceExportStatus
ServiceImport: kind apiVersion metadata:ObjectMeta spec:ServiceImportSpec status:ServiceImportStatus
ObjectMeta: name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp
  deletionGracePeriodSeconds labels annotations ownerReferences:OwnerReference finalizers
  managedFields:ManagedFieldsEntry clusterName
ServiceSpec: ports:ServicePort selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP
  loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses
  sessionAffinityConfig:SessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts
  loadBalancerClass internalTrafficPolicy trafficDistribution topologyKeys ipFamily
ServiceStatus: loadBalancer:LoadBalancerStatus conditions:Condition
EndpointSubset: addresses:EndpointAddress notReadyAddresses:EndpointAddress ports:EndpointPort
Endpoint: addresses conditions:EndpointConditions hostname targetRef:ObjectReference deprecatedTopology nodeName
  zone hints:EndpointHints topology
EndpointPort: name protocol port appProtocol
NetworkPolicySpec: podSelector:LabelSelector ingress:NetworkPolicyIngressRule egress:NetworkPolicyEgressRule policyTypes
NetworkPolicyIngressRule: ports:NetworkPolicyPort from:NetworkPolicyPeer
NetworkPolicyEgressRule: ports:NetworkPolicyPort to:NetworkPolicyPeer
NetworkPolicyPort: protocol port endPort
NetworkPolicyPeer: podSelector:LabelSelector namespaceSelector:LabelSelector ipBlock:IPBlock
IPBlock: cidr except
IngressSpec: ingressClassName defaultBackend:IngressBackend tls:IngressTLS rules:IngressRule
IngressStatus: loadBalancer:IngressLoadBalancerStatus
ServiceCIDRSpec: cidrs
ServiceCIDRStatus: conditions:Condition
IPAddressSpec: parentRef:ParentReference
NamespaceSpec: finalizers
NamespaceStatus: phase conditions:NamespaceCondition
NodeSpec: podCIDR podCIDRs providerID unschedulable taints:Taint configSource:NodeConfigSource externalID
  podPreemptionPolicy:NodePodPreemptionPolicy
NodeStatus: capacity allocatable phase conditions:NodeCondition addresses:NodeAddress
  daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo images:ContainerImage volumesInUse
  volumesAttached:AttachedVolume config:NodeConfigStatus runtimeHandlers:NodeRuntimeHandler features:NodeFeatures
  declaredFeatures
ServiceExportSpec: exportedLabels exportedAnnotations
ServiceExportStatus: conditions:Condition
ServiceImportSpec: ports:ImportedPort ips type sessionAffinity sessionAffinityConfig:SessionAffinityConfig
  ipFamilies internalTrafficPolicy trafficDistribution
ServiceImportStatus: clusters:ClusterStatus conditions:Condition
OwnerReference: apiVersion kind name uid controller blockOwnerDeletion
ManagedFieldsEntry: manager operation apiVersion time fieldsType fieldsV1 subresource
ServicePort: name protocol appProtocol port targetPort nodePort
SessionAffinityConfig: clientIP:ClientIPConfig
LoadBalancerStatus: ingress:LoadBalancerIngress
Condition: type status observedGeneration lastTransitionTime reason message
EndpointAddress: ip hostname nodeName targetRef:ObjectReference
EndpointConditions: ready serving terminating
ObjectReference: kind namespace name uid apiVersion resourceVersion fieldPath
EndpointHints: forZones:ForZone forNodes:ForNode
IngressBackend: service:IngressServiceBackend resource:TypedLocalObjectReference
IngressTLS: hosts secretName
IngressRule: http:HTTPIngressRuleValue host
IngressLoadBalancerStatus: ingress:IngressLoadBalancerIngress
ParentReference: group resource namespace name
NamespaceCondition: type status lastTransitionTime reason message
Taint: key value effect timeAdded
NodeConfigSource: configMap:ConfigMapNodeConfigSource
NodePodPreemptionPolicy: disableResizePreemption
NodeCondition: type status lastHeartbeatTime lastTransitionTime reason message
NodeAddress: type address
NodeDaemonEndpoints: kubeletEndpoint:DaemonEndpoint
NodeSystemInfo: machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion
  kubeProxyVersion operatingSystem architecture swap:NodeSwapStatus
ContainerImage: names sizeBytes
AttachedVolume: name devicePath
NodeConfigStatus: assigned:NodeConfigSource active:NodeConfigSource lastKnownGood:NodeConfigSource error
NodeRuntimeHandler: name features:NodeRuntimeHandlerFeatures
NodeFeatures: supplementalGroupsPolicy
ImportedPort: name protocol appProtocol port
ClusterStatus: cluster
ClientIPConfig: timeoutSeconds
LoadBalancerIngress: ip hostname ipMode ports:PortStatus
ForZone: name
ForNode: name
IngressServiceBackend: name port:ServiceBackendPort
TypedLocalObjectReference: apiGroup kind name
HTTPIngressRuleValue: paths:HTTPIngressPath
IngressLoadBalancerIngress: ip hostname ports:IngressPortStatus
ConfigMapNodeConfigSource: namespace name uid resourceVersion kubeletConfigKey
DaemonEndpoint: Port
NodeSwapStatus: capacity
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts userNamespaces
PortStatus: port protocol error
ServiceBackendPort: name number
HTTPIngressPath: path pathType backend:IngressBackend
IngressPortStatus: port protocol error
`;
