"""The words of each topic, in a dozen languages."""

TOPICS = {
    "phone": "phone phones telephone tel mobile cell cellphone cellular call calls called calling dial text texting sms whatsapp fax "
             "contact contacted contacts reach reached reachable hotline helpline line desk landline ring telegram signal viber "
             "telefon telefonnummer telefonnr rufnummer handy handynummer mobil mobilnummer mobiltelefon telefono teléfono móvil "
             "celular cellulare téléphone telephon portable telefone telemóvel telefoon telefoonnummer puhelin puhelinnumero "
             "tlf gsm тел телефон телефона мобильный hp telepon điện thoại cep answering emergency shout phoneno phonenumber "
             "mobileno mobilenumber numéro ruf anruf anrufen appeler llamar llama ligar chiamare pager callback office main",
    "card": "card cards cc visa mastercard amex maestro discover jcb diners credit debit charge charged creditcard cardnumber "
            "karte kreditkarte kartennummer tarjeta crédito carte cartão carta kaart kort карта карты pan payment",
    "bank": "bank account acct accounts routing aba transit sort swift bic konto kontonummer blz bankleitzahl bsb cuenta compte "
            "conto conta rekening clabe ifsc banking beneficiary deposit ach wire rib iban",
    "iban": "iban",
    "ssn": "ssn ssns social sozialversicherung itin socialsecurity socialsecuritynumber",
    "national": "national id ids identity identification citizen citizenship resident residence personal personnummer "
                "ausweis personalausweis ausweisnummer identité identidad identità identidade cédula cedula dni nie documento "
                "identificación identificação personnel idcard idnumber nationalid personnel insurance nino citizenid voter epic "
                "elector aadhaar uidai kimlik personalidentity burgerservice isikukood удостоверение паспорта личный civil idno "
                "idnr eid nric fin hkid population ssn social",
    "tax": "tax taxes taxpayer tin vat tva mwst ust ustid umsatzsteuer iva btw steuer steuernummer fiscal fiscale nif nit gst "
           "gstin tributário fiscalcode taxid vatid vatnumber siret siren ein fein abn pan partita contribuyente moms "
           "налог инн company business enterprise registration company registration bn",
    "passport": "passport passports reisepass reisepassnummer pass passnummer passeport pasaporte passaporto passaporte paspoort "
                "paszport paszportu pas passportno passportnumber travel паспорт паспорта загранпаспорт pasaport cestovní útlevél "
                "pašaport passeports",
    "license": "driver drivers driver's driver’s driving licence license licences licenses führerschein permis conduire conducir "
               "patente carnet rijbewijs dl dln driverlicense driverslicense dmv patentă",
    "medical": "mrn mrns medical patient patients npi dea medicare medicaid nhs mbi beneficiary health hospital chart ehic "
               "versichertennummer krankenkasse krankenversicherung kvnr kvnummer lanr bsnr prescriber provider physician "
               "healthcare member subscriber phn hcn sanitaria médico paciente patienten record records",
    "vehicle": "plate plates license licence numberplate vehicle car vin chassis registration kennzeichen nummernschild matrícula "
               "matricula immatriculation immatriculé plaque targa kenteken rejestracyjny rejestracyjna rekisterinumero "
               "registreringsnummer rendszám tablice placa plaka госномер номерной licenseplate fahrgestellnummer truck",
    "imei": "imei imeis imeisv meid esn",
    "mac": "mac ethernet hwaddr physical nic bssid lladdr hardware",
    "zip": "zip zipcode zips postcode postcodes postal plz postleitzahl postnummer postinumero codepostal cep cap pincode eircode "
           "codigopostal irányítószám psč почтовый индекс postalcode post",
    "birth": "birth born dob birthday birthdate dateofbirth birth_date birth-date geboren geburtsdatum geburtstag geb naissance né née nacimiento nacido "
             "nacida nascita nascimento nascido nascida geboortedatum urodzenia urodzony född fødselsdato født "
             "syntynyt syntymäaika рождения родился родилась doğum birthdays bday d.o.b d.o.b.",
    "wallet": "wallet bitcoin btc eth ethereum litecoin ltc crypto usdt monero xmr dogecoin doge ripple xrp solana tron address "
              "donate dash zcash cardano ada blockchain coin bch",
    "number": "number numbers no num nr id ids identifier code codes file document nummer numero número numéro номер № ref identification "
              "registered registration certificate record member case verify confirm",
    "thing": "order orders invoice invoices ticket tickets isbn issn ean upc sku asin version build page pages chapter chapters model "
             "part serial tracking port error exit line lines commit revision episode pr bug figure table section equation "
             "lot batch rfc article act paragraph row rows id= year years population km miles meters pixels bytes tokens "
             "usd eur gbp euros dollars euro dollar price cost amount total sum balance approximately flight "
             "bestellnummer bestellung rechnung rechnungsnummer artikelnummer doi arxiv pmid timestamp epoch seconds ms "
             "patent opcode offset checksum hash md5 sha sha1 sha256 uuid guid cve barcode gtin coordinates latitude longitude "
             "lat lon width height resolution transaction receipt booking reservation",
}
# Words of languages that put no spaces between words, or whose words carry endings: looked for inside a run of letters.
INSIDE = {
    "phone": "電話 电话 手机 手機 携帯 전화 휴대 телефон هاتف جوال تلفن טלפון นายด โทร telefon telefoon phone mobilnr τηλέφωνο फ़ोन फोन मोबाइल",
    "card": "信用卡 银行卡 卡号 カード 카드 kreditkart карт kredi",
    "bank": "银行 口座 계좌 bankkonto bankleitzahl",
    "national": "身份证 身分證 マイナンバー 個人番号 주민등록 주민 외국인등록 בטאקות זהות เลขประจำตัวประชาชน บัตรประชาชน ประชาชน "
                "kimlik personalausweis आधार henkilötunnus personnummer fødselsnummer identifikačn rodné ταυτότητα هوية الرقم матичн "
                "asmens kodas národn",
    "tax": "税号 纳税 统一社会信用 사업자등록 steuer umsatzsteuer आयकर налог αφμ",
    "passport": "护照 護照 旅券 パスポート 여권 паспорт جواز reisepass passnummer διαβατ หนังสือเดินทาง",
    "license": "運転免許 运转免许 驾照 驾驶 운전면허 면허 führerschein",
    "vehicle": "车牌 車牌 ナンバープレート 번호판 차량 kennzeichen kenteken",
    "zip": "邮编 郵便 邮政编码 우편번호 postleit postnummer",
    "birth": "生年月日 出生 생년월일 생일 誕生日 生日 вродж рожд geburt วันเกิด γέννησ",
    "medical": "健康保険 건강보험 versicherten krankenvers",
    "number": "番号 号码 编号 번호 номер",
}
