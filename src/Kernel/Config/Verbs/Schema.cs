using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary><c>lk schema</c>: the JSON schema of lockkeeper.yaml, or of a declared cluster.</summary>
internal static class Schema
{
    private static readonly Parameter Output = new("output", ParameterKind.Text, "Write the schema to this file instead of printing it") { ValueName = "FILE" };

    private static readonly Parameter File = new("file", ParameterKind.Choice, "The kind of file: lockkeeper.yaml, or clusters/NAME.yaml") { Choices = ["lockkeeper", "cluster"], Default = "lockkeeper" };

    public static Verb Verb { get; } = new()
    {
        Path = "schema",
        Summary = "print the JSON schema of lockkeeper.yaml or of a declared cluster",
        Details = "Editors with a YAML language server complete and check lockkeeper.yaml with it: write the schema to a file and put this line at the top of lockkeeper.yaml: "
            + "# yaml-language-server: $schema=lockkeeper.schema.json",
        Effect = VerbEffect.Local,
        Parameters = [File, Output],
        Examples = [new VerbExample("lk schema --output lockkeeper.schema.json", "write the schema beside lockkeeper.yaml"), new VerbExample("lk schema --file cluster --output clusters/cluster.schema.json", "write the schema of declared clusters")],
        ReportType = () => ConfigJson.Default.JsonObject,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var schema = call.Required(File) == "cluster" ? SchemaText.BuildCluster() : SchemaText.Build();
        var text = SchemaText.Write(schema);
        if (call.Text(Output) is not { } output)
            return Report.Of(schema, () => ConfigJson.Default.JsonObject, [new Code(text, "json")]);
        await OutputFile.ReplaceAsync(Path.Combine(call.Workspace.Folder, output), text, cancel);
        return Report.Of(schema, () => ConfigJson.Default.JsonObject, [new Line($"Wrote {output}.", Tone.Good)]);
    }
}
