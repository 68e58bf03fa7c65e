using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary><c>lk schema</c>: the JSON schema of lockkeeper.yaml.</summary>
internal static class Schema
{
    private static readonly Parameter Output = new("output", ParameterKind.Text, "Write the schema to this file instead of printing it") { ValueName = "FILE" };

    public static Verb Verb { get; } = new()
    {
        Path = "schema",
        Summary = "print the JSON schema of lockkeeper.yaml",
        Details = "Editors with a YAML language server complete and check lockkeeper.yaml with it: write the schema to a file and put this line at the top of lockkeeper.yaml: "
            + "# yaml-language-server: $schema=lockkeeper.schema.json",
        Effect = VerbEffect.Local,
        Parameters = [Output],
        Examples = [new VerbExample("lk schema --output lockkeeper.schema.json", "write the schema beside lockkeeper.yaml")],
        ReportType = () => ConfigJson.Default.JsonObject,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var schema = SchemaText.Build();
        var text = SchemaText.Write(schema);
        if (call.Text(Output) is not { } file)
            return Report.Of(schema, () => ConfigJson.Default.JsonObject, [new Code(text, "json")]);
        await OutputFile.ReplaceAsync(Path.Combine(call.Workspace.Folder, file), text, cancel);
        return Report.Of(schema, () => ConfigJson.Default.JsonObject, [new Line($"Wrote {file}.", Tone.Good)]);
    }
}
