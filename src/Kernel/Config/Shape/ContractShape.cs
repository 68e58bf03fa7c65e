using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>contract</c>.</summary>
internal static class ContractShape
{
    private static readonly Key<string> Url = new("url", Web(), "The address of the service, without /ofrep/v1.") { Required = true, Example = "https://flags.example.org" };

    private static readonly Key<string> FlagKey = new("key", Values.Text, "The flag's key; {column} stands for schema.table.column.") { Required = true, Example = "orders-remark" };

    private static readonly Key<string> Token = new("token", Secret(), "A reference to the bearer token.") { Example = "\"${env:FLAG_TOKEN}\"" };

    private static readonly Key<TimeSpan> FlagTimeout = new("timeout", Values.Duration("1m"), "How long the answer may take; without one in time the contract stays held.") { Default = "5s", Example = "1s" };

    public static RecordShape<FlagConfig> FlagKeys { get; } = new(
        "a flag", [Url, FlagKey, Token, FlagTimeout],
        fields => new FlagConfig { Url = fields.Get(Url), Key = fields.Get(FlagKey), Token = fields.GetOrNull(Token), Timeout = fields.Get(FlagTimeout) });

    private static readonly Key<bool> Hold = new("hold", Values.Boolean, "Whether contracts are held at all; false applies them like any other migration.") { Default = "true", Example = "false" };

    private static readonly Key<FlagConfig> Flag = new("flag", FlagKeys, "A flag of a service that speaks OFREP; it must be true.") { Example = "{ url: \"https://flags.example.org\", key: orders-remark }" };

    private static readonly Key<string> Run = new("run", Values.Text, "A command that must exit with 0, run like a gate's with LK_CONTRACT set to schema.table.column.") { Example = "./old-version-is-gone.sh" };

    private static readonly Key<TimeSpan> Timeout = new("timeout", Values.Duration("1d"), "How long the command may run.") { Default = "1m", Example = "10s" };

    private static readonly Key<string> File = new("file", Values.Text, "A file that must hold true, on, yes or 1; {column} in its name stands for schema.table.column.") { Example = "flags/{column}" };

    private static readonly Key<TimeSpan> UnusedFor = new(
        "unused_for", Values.Duration("365d"), "For how long no statement in pg_stat_statements may have named the old column.")
    {
        Example = "7d",
    };

    private static readonly Key<string> NoApplication = new("no_application", Values.Text, "The application_name of the old version, with * for anything; no session may have it.") { Example = "shop-1.*" };

    public static RecordShape<ContractConfig> Shape { get; } = new(
        "a contract's gate", [Hold, Flag, Run, Timeout, File, UnusedFor, NoApplication],
        fields => new ContractConfig
        {
            Hold = fields.Get(Hold),
            Flag = fields.GetOrNull(Flag),
            Run = fields.GetOrNull(Run),
            Timeout = fields.Get(Timeout),
            File = fields.GetOrNull(File),
            UnusedFor = fields.NumberOrNull(UnusedFor),
            NoApplication = fields.GetOrNull(NoApplication),
        });

    private static ScalarShape<string> Web() => new(
        "an address that begins with http:// or https://", "Write the address of the service, for example https://flags.example.org.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^https?://" }""");

    private static ScalarShape<string> Secret() => new(
        "a reference such as ${env:FLAG_TOKEN}", "Write ${env:NAME}, ${file:PATH} or ${exec:COMMAND}: a token does not belong into the file.",
        (YamlScalar scalar, string label, out string value) =>
        {
            value = scalar.Text;
            try
            {
                return SecretText.Parse(value) is [{ Kind: not SecretKind.Literal }] ? null : new Mistake();
            }
            catch (LockkeeperException e)
            {
                return new Mistake($"{label}: {e.Message}", e.Hint, e.Code);
            }
        },
        """{ "type": "string", "pattern": "^\\$\\{" }""")
    {
        IsSecret = true,
    };
}
