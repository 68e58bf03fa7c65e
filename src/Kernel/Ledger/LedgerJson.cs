using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Ledger.Verbs;

namespace Lockkeeper.Kernel.Ledger;

/// <summary>The JSON contracts of the ledger's reports.</summary>
[JsonSerializable(typeof(ShowReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(string))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class LedgerJson : JsonSerializerContext;
