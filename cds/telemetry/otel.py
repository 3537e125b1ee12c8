"""Spans by OpenTelemetry: needs careladder[tracing], and only `tracing.start` imports it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from cds.telemetry.tracing import Kind

HEADER = "traceparent"
KINDS: dict[Kind, trace.SpanKind] = {
    "server": trace.SpanKind.SERVER,
    "internal": trace.SpanKind.INTERNAL,
    "consumer": trace.SpanKind.CONSUMER,
}
_propagator = TraceContextTextMapPropagator()


class Spans:
    """A Tracer that hands its spans to `processor`."""

    def __init__(self, role: str, processor: SpanProcessor) -> None:
        own = Resource({"service.name": "careladder", "careladder.role": role})
        # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
        provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()))
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("careladder")

    def span(self, name: str, kind: Kind, parent: str | None) -> AbstractContextManager[Any]:
        """See tracing.span. What an exception says may quote the chart, so it is not recorded."""
        # Only the place in the trace is taken over: `tracestate` and baggage could hold anything.
        context = _propagator.extract({HEADER: parent}) if parent else None
        return self._tracer.start_as_current_span(
            name,
            context=context,
            kind=KINDS[kind],
            record_exception=False,
            set_status_on_exception=False,
        )

    def tell(self, attributes: dict[str, str | int]) -> None:
        """See tracing.tell."""
        trace.get_current_span().set_attributes(attributes)

    def traceparent(self) -> str:
        """See tracing.traceparent."""
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get(HEADER, "")


def exporting(role: str) -> Spans:
    """Spans sent in the background to where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    return Spans(role, BatchSpanProcessor(OTLPSpanExporter()))
