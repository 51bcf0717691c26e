{{/* The name of the release, unless that is the chart's own; all resources bear it. */}}
{{- define "passerelle.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* What pods of the gateway are found by, and what never changes. */}}
{{- define "passerelle.selector" -}}
app.kubernetes.io/name: passerelle
app.kubernetes.io/component: gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "passerelle.meta" -}}
name: {{ include "passerelle.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "passerelle.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "passerelle.account" -}}
{{- default (ternary (include "passerelle.name" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "passerelle.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{/* Of the pods of the gateway and of the migration alike. */}}
{{- define "passerelle.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "passerelle.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "passerelle.env" -}}
{{- if .Values.secret.name }}
- { name: SECRETS, value: {{ .Values.secret.mountPath | quote }} }
{{- end }}
{{- range $name, $value := .Values.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end -}}

{{/* Folders, never subPath: what is mounted that way is never renewed. */}}
{{- define "passerelle.mounts" -}}
- { name: config, mountPath: /etc/passerelle, readOnly: true }
{{- if .Values.secret.name }}
- { name: secrets, mountPath: {{ .Values.secret.mountPath | quote }}, readOnly: true }
{{- end }}
{{- end -}}

{{- define "passerelle.volumes" -}}
- { name: config, configMap: { name: {{ include "passerelle.name" . }} } }
{{- if .Values.secret.name }}
- { name: secrets, secret: { secretName: {{ .Values.secret.name | quote }}, defaultMode: 288, optional: false } }
{{- end }}
{{- end -}}
