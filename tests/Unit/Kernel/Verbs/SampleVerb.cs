using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Tests.Unit.Kernel.Verbs;

/// <summary>A verb with one parameter of every kind, as tests of calls, help and reference need it.</summary>
internal static class SampleVerb
{
    public static Parameter Version { get; } = new("version", ParameterKind.Text, "The version to go to") { Positional = true, Required = true, ValueName = "VERSION" };

    public static Parameter Retries { get; } = new("retries", ParameterKind.Integer, "How often a lock is tried for") { Default = "10" };

    public static Parameter LockTimeout { get; } = new("lock-timeout", ParameterKind.Duration, "How long to wait for another runner") { Default = "30s" };

    public static Parameter Format { get; } = new("format", ParameterKind.Choice, "How the script is written") { Choices = ["sql", "psql"], Default = "sql" };

    public static Parameter Note { get; } = new("note", ParameterKind.Text, "A note for the ledger");

    public static Parameter AcceptDrift { get; } = new("accept-drift", ParameterKind.Flag, "Go on although the schema was changed by hand");

    public static Verb Of(VerbEffect effect = VerbEffect.Changes, VerbHandler? handler = null) => new()
    {
        Path = "sample apply",
        Summary = "apply a sample to an environment",
        Details = "Everything that is pending is applied in order. When a sample fails, the ones before it stay.",
        Effect = effect,
        Parameters = [Version, StandardParameters.Environment, Retries, LockTimeout, Format, Note, AcceptDrift],
        Examples = [new VerbExample("lk sample apply 12 --env dev", "goes to version 12 on dev")],
        ReportType = () => SampleJson.Default.SampleData,
        Handler = handler ?? ((_, _) => Task.FromResult(Report.Of(new SampleData("done", 1), () => SampleJson.Default.SampleData, [new Line("done")]))),
    };
}

internal sealed record SampleData(string Outcome, int StepsDone);

[JsonSerializable(typeof(SampleData))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class SampleJson : JsonSerializerContext;
